//! Why a step is skipped for one lead.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    NoEmail,
    NoPhone,
    Undeliverable,
    /// The address or number is on the suppression list.
    AddressSuppressed,
    /// A message of the campaign on this channel was refused for good.
    ChannelFailed,
    /// The step's last day is over, or will be before the window opens.
    PastItsDate,
    /// A pause or an outage has kept the step back for too long.
    Late,
    /// The step's message went out, or may have, before a rollout brought the lead here again.
    AlreadySent,
    /// The step's message was refused for good before a rollout brought the lead here again.
    RefusedBefore,
}

impl SkipReason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoEmail => "no_email",
            Self::NoPhone => "no_phone",
            Self::Undeliverable => "undeliverable",
            Self::AddressSuppressed => "address_suppressed",
            Self::ChannelFailed => "channel_failed",
            Self::PastItsDate => "past_its_date",
            Self::Late => "late",
            Self::AlreadySent => "already_sent",
            Self::RefusedBefore => "refused_before",
        }
    }

    /// The reason as a user reads it.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoEmail => "no e-mail address",
            Self::NoPhone => "no phone number",
            Self::Undeliverable => "the address is undeliverable",
            Self::AddressSuppressed => "on the suppression list",
            Self::ChannelFailed => "an earlier message on this channel was refused",
            Self::PastItsDate => "past its last day",
            Self::Late => "more than 48 h late",
            Self::AlreadySent => "already sent on another version",
            Self::RefusedBefore => "already refused on another version",
        }
    }
}
