//! The channels that a message goes out by, and what one message is on its channel.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Email,
    Sms,
    Whatsapp,
}

impl Channel {
    pub const ALL: [Self; 3] = [Self::Email, Self::Sms, Self::Whatsapp];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Whatsapp => "whatsapp",
        }
    }

    /// What a message would disturb at night, in a user's words; none where it may come at night.
    pub fn disturbs(self) -> Option<&'static str> {
        match self {
            Self::Email => None,
            Self::Sms | Self::Whatsapp => Some(self.words()),
        }
    }

    /// The channel's name as users read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Email => "e-mail",
            Self::Sms => "SMS",
            Self::Whatsapp => "WhatsApp",
        }
    }
}

/// The channel of a sequence's message, and whether it is the first to the lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    pub channel: Channel,
    /// Whether nothing of the campaign has gone out to the lead before (on WhatsApp: nothing there).
    pub opening: bool,
}
