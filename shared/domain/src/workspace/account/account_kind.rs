//! The kinds of settings that accounts have.

use crate::contact::channel::Channel;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    Smtp,
    Resend,
    InboundEmail,
    Twilio,
    Whatsapp,
    Stripe,
    Bookings,
    ChatModel,
    SerpApi,
    Hunter,
    EmailSender,
    SmsSender,
    WhatsappSender,
    DataProvider,
}

impl AccountKind {
    /// The kinds of account that are asked for data about leads.
    pub const OF_DATA: [Self; 3] = [Self::Hunter, Self::SerpApi, Self::DataProvider];

    /// The kinds of account that send messages of a channel.
    pub fn of_channel(channel: Channel) -> &'static [Self] {
        match channel {
            Channel::Email => &[Self::Smtp, Self::Resend, Self::EmailSender],
            Channel::Sms => &[Self::Twilio, Self::SmsSender],
            Channel::Whatsapp => &[Self::Whatsapp, Self::WhatsappSender],
        }
    }

    pub fn channel(self) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| Self::of_channel(*channel).contains(&self))
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Smtp => "smtp",
            Self::Resend => "resend",
            Self::InboundEmail => "inbound_email",
            Self::Twilio => "twilio",
            Self::Whatsapp => "whatsapp",
            Self::Stripe => "stripe",
            Self::Bookings => "bookings",
            Self::ChatModel => "chat_model",
            Self::SerpApi => "serp_api",
            Self::Hunter => "hunter",
            Self::EmailSender => "email_sender",
            Self::SmsSender => "sms_sender",
            Self::WhatsappSender => "whatsapp_sender",
            Self::DataProvider => "data_provider",
        }
    }

    /// Whether accounts of this kind send messages to leads.
    pub fn sends(self) -> bool {
        self.channel().is_some()
    }
}
