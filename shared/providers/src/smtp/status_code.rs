//! Enhanced status codes (RFC 3463) within a reply, and what the large hosts mean by them.

use domain::message::failure_class::FailureClass;
use std::fmt;

/// An enhanced status code such as `5.1.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Enhanced {
    pub subject: u16,
    pub detail: u16,
    class: u16,
}

impl Enhanced {
    /// Finds the first code in the text.
    pub(crate) fn find(text: &str) -> Option<Self> {
        text.split(|c: char| !c.is_ascii_digit() && c != '.').find_map(|word| {
            let mut numbers = word.trim_matches('.').split('.').map(|n| n.parse::<u16>().ok());
            match (numbers.next()?, numbers.next()?, numbers.next()?, numbers.next()) {
                (Some(class @ (2 | 4 | 5)), Some(subject @ 0..=7), Some(detail @ 0..=999), None) => {
                    Some(Self { subject, detail, class })
                }
                _ => None,
            }
        })
    }

    fn pair(self) -> (u16, u16) {
        (self.subject, self.detail)
    }
}

impl fmt::Display for Enhanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// The texts of a server that wants a login, or does not know our domain.
const RELAYING: [&str; 4] =
    ["relaying denied", "relay access denied", "not permitted to relay", "relay not permitted"];
/// The texts by which hosts without enhanced codes tell that an account or its domain has sent too much.
const OUR_RATE: [&str; 7] = [
    "emails per hour",
    "max defers and failures",
    "sending limit",
    "sending rate",
    "hourly limit",
    "daily limit",
    "too many messages",
];

/// The meaning of a 5yz reply to recipient or content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A rate limit or quota of ours in spite of the 5: try later.
    Quota,
    /// A rate limit or quota of the recipient: try later.
    RecipientsQuota,
    /// This login may not send like this at all.
    Account,
    Refused {
        class: FailureClass,
        suppress: bool,
    },
}

pub(crate) fn judge(code: u16, text: &str) -> Verdict {
    let lower = text.to_ascii_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| lower.contains(phrase));
    let enhanced = Enhanced::find(text);
    let refused = |class| Verdict::Refused { class, suppress: false };
    let dead = |class| Verdict::Refused { class, suppress: true };

    let by_words =
        if says(&["mailbox not found", "user unknown", "unknown user", "no such user", "doesn't have a"])
            || says(&["user doesn't exist", "user does not exist", "no such recipient", "no mailbox here"])
        {
            Some(dead(FailureClass::HardUnknownUser))
        } else if says(&["greylist", "graylist"]) {
            Some(refused(FailureClass::SoftGreylist))
        } else {
            None
        };
    match enhanced.map(Enhanced::pair) {
        Some((4, 5)) if says(&["limit", "quota"]) => Verdict::Quota,
        Some((7, 508 | 700..=749) | (1, 90)) => Verdict::Quota,
        Some((2, 121 | 122)) => Verdict::RecipientsQuota,
        Some((2, 2)) if says(&["submission"]) => Verdict::Quota,
        Some((1, 2)) => dead(FailureClass::HardDomain),
        Some((1, 1 | 3 | 6 | 10) | (2, 1)) => dead(FailureClass::HardUnknownUser),
        Some((4, 1)) if says(&["access denied"]) => dead(FailureClass::HardUnknownUser),
        Some((2, 2)) => by_words.unwrap_or(refused(FailureClass::SoftFull)),
        Some((2, 3) | (3, 4)) => refused(FailureClass::TooLarge),
        // The fault is in an attachment, or in what is linked to.
        Some((7, 0)) if code == 552 => refused(FailureClass::BadContent),
        Some((7, 0 | 1)) if says(&RELAYING) => Verdict::Account,
        // Letters beyond ASCII, which this route does not carry.
        Some((6, 7..=9)) => refused(FailureClass::AddressNotSupported),
        Some((7, 9 | 20..=27 | 29 | 30 | 509 | 515)) => refused(FailureClass::AuthFailed),
        Some((7, 501..=503 | 511 | 513 | 606..=649) | (1, 8)) => refused(FailureClass::BlockedReputation),
        Some((7, _))
            if says(&["reputation", "spam", "unsolicited", "block list", "blocklist", "blacklist"]) =>
        {
            refused(FailureClass::BlockedReputation)
        }
        Some((7, _)) if says(&["s3150", "[bl2", "spamhaus"]) => refused(FailureClass::BlockedReputation),
        Some((7, _)) => refused(FailureClass::BlockedPolicy),
        _ if says(&RELAYING) => Verdict::Account,
        _ if says(&OUR_RATE) => Verdict::Quota,
        _ => by_words.unwrap_or(match code {
            552 if says(&["size", "large"]) => refused(FailureClass::TooLarge),
            552 => refused(FailureClass::SoftFull),
            _ if says(&["spam", "blacklist", "blocklist", "reputation", "unsolicited"]) => {
                refused(FailureClass::BlockedReputation)
            }
            _ => refused(FailureClass::Unknown),
        }),
    }
}
