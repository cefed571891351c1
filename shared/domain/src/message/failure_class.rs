//! Why a message did not arrive, as one of our classes: what a provider's refusal or a mail server's answer means, and
//! what follows from it (suppress the address, try again later, stop the sender, close the channel).

crate::codes! {
    /// Our class of a failure, whichever provider told it.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum FailureClass {
        HardUnknownUser = "hard_unknown_user",
        HardDomain = "hard_domain",
        SoftFull = "soft_full",
        SoftTemp = "soft_temp",
        SoftGreylist = "soft_greylist",
        BlockedPolicy = "blocked_policy",
        BlockedReputation = "blocked_reputation",
        /// Our mail is not authenticated, or the account's login is refused.
        AuthFailed = "auth_failed",
        TooLarge = "too_large",
        /// The recipient's side wants a person to prove themselves first (challenge-response).
        Challenge = "challenge",
        /// The recipient has asked the provider for no more messages.
        OptedOut = "opted_out",
        NotMobile = "not_mobile",
        NotOnWhatsapp = "not_on_whatsapp",
        /// More time has passed since the recipient last wrote than the provider allows.
        WindowClosed = "window_closed",
        NoRoute = "no_route",
        /// The recipient's country is switched off at the provider.
        RegionOff = "region_off",
        BlockedNumber = "blocked_number",
        BadContent = "bad_content",
        /// The provider refuses our account, not this message.
        AccountRefused = "account_refused",
        AddressNotSupported = "address_not_supported",
        ProviderDown = "provider_down",
        /// A rule of ours keeps the message from its recipient.
        NotAllowed = "not_allowed",
        /// The workspace has no account that could send the message.
        NoAccount = "no_account",
        /// The text has no value for one of its fields, or cannot be written in this channel.
        CannotRender = "cannot_render",
        Unknown = "unknown",
    }
}

impl FailureClass {
    /// Whether the address is dead, so that nothing is sent to it again.
    pub fn suppresses(self) -> bool {
        matches!(self, Self::HardUnknownUser | Self::HardDomain)
    }

    /// Whether the cause may pass by itself.
    pub fn is_soft(self) -> bool {
        matches!(self, Self::SoftFull | Self::SoftTemp | Self::SoftGreylist)
    }

    /// Whether the cause is our account rather than the lead's address.
    pub fn stops_sender(self) -> bool {
        matches!(self, Self::BlockedPolicy | Self::BlockedReputation | Self::AuthFailed)
    }

    /// Whether every other message on this channel would fail the same way, though the address itself is not dead.
    pub fn is_of_the_channel(self) -> bool {
        matches!(self, Self::NotOnWhatsapp | Self::NotMobile | Self::NoRoute | Self::RegionOff)
    }
}
