//! Why a step is skipped for one lead.

crate::codes! {
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum SkipReason {
        NoEmail = "no_email",
        NoPhone = "no_phone",
        Undeliverable = "undeliverable",
        /// The address or number is on the suppression list.
        AddressSuppressed = "address_suppressed",
        /// A message of the campaign on this channel was refused for good.
        ChannelFailed = "channel_failed",
        /// The step's last day is over, or will be before the window opens.
        PastItsDate = "past_its_date",
        /// A pause or an outage has kept the step back for too long.
        Late = "late",
        /// The step's message went out, or may have, before a rollout brought the lead here again.
        AlreadySent = "already_sent",
        /// The step's message was refused for good before a rollout brought the lead here again.
        RefusedBefore = "refused_before",
    }
}

impl SkipReason {
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
