//! Why a step is left out for one lead.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(any(test, feature = "recording"), derive(serde::Serialize, serde::Deserialize))]
pub enum SkipReason {
    NoEmail,
    NoPhone,
    Undeliverable,
    /// Mail to it came back for good.
    AddressSuppressed,
    /// A message of the campaign was refused there for good.
    ChannelFailed,
    /// Its last day is over, or will be before the window opens.
    PastItsDate,
    /// A pause or an outage has kept it for too long.
    Late,
    /// It went out, or may have, before another version brought the lead here again.
    AlreadySent,
    /// Its message was refused for good before another version brought the lead here again.
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
}
