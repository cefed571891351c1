//! Admission: the answer of everything that may delay a message right before it goes out.

use jiff::Timestamp;

/// A message may go out, with what was granted to it; or not before an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission<T> {
    Granted(T),
    NotBefore { at: Timestamp, why: DelayReason },
}

/// Why a message has to wait although its step is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DelayReason {
    /// The account's circuit breaker is open.
    ProviderDown,
    /// The quota of the account is used up for now.
    SenderFull,
    /// The mailbox that was chosen now has other sending hours.
    SenderHours,
    /// The workspace has sent as much as it may today.
    WorkspaceFull,
    /// The recipient's domain has got as much as it may today.
    DomainFull,
    /// The last message to this lead is too recent.
    TooSoon,
    /// The number was texted for another lead, who has the same one, less than a day ago.
    NumberShared,
    /// Replies in the mailbox were not read lately: it is read before it sends.
    MailboxUnread,
}

impl DelayReason {
    /// The word that the timeline keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ProviderDown => "provider_down",
            Self::SenderFull => "sender_full",
            Self::SenderHours => "sender_hours",
            Self::WorkspaceFull => "workspace_full",
            Self::DomainFull => "domain_full",
            Self::TooSoon => "too_soon",
            Self::NumberShared => "number_shared",
            Self::MailboxUnread => "mailbox_unread",
        }
    }
}
