//! Whom we must not write to, and why.

use crate::ids::{UserId, WorkspaceId};
use crate::lead::Lead;
use crate::phone_number::PhoneNumber;
use crate::sequence::Channel;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    pub workspace: WorkspaceId,
    pub scope: SuppressionScope,
    pub reason: SuppressionReason,
    /// Id of the message or event that caused it.
    pub source: Option<String>,
    pub created_by: Option<UserId>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

/// Values are normalised: lower-case address, ASCII domain, a number's subscriber.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "scope", content = "value")]
pub enum SuppressionScope {
    Email(String),
    Domain(String),
    Phone(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SuppressionReason {
    OptedOut,
    HardBounce,
    Complaint,
    Manual,
}

impl SuppressionScope {
    pub fn phone(number: &PhoneNumber) -> Self {
        Self::Phone(number.subscriber().into_owned())
    }

    /// Of what a message of this channel was sent to. `None`: it is no address of the channel.
    pub fn of_recipient(channel: Channel, address: &str) -> Option<Self> {
        match channel {
            Channel::Email => Some(Self::Email(address.to_owned())),
            Channel::Sms | Channel::Whatsapp => {
                PhoneNumber::try_from(address.to_owned()).ok().map(|number| Self::phone(&number))
            }
        }
    }

    /// Of where this channel reaches the lead, if it does.
    pub fn of_lead(lead: &Lead, channel: Channel) -> Option<Self> {
        match channel {
            Channel::Email => lead.email.as_ref().map(|email| Self::Email(email.to_string())),
            Channel::Sms | Channel::Whatsapp => lead.phone.as_ref().map(Self::phone),
        }
    }
}

impl SuppressionReason {
    pub const ALL: [Self; 4] = [Self::OptedOut, Self::HardBounce, Self::Complaint, Self::Manual];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::OptedOut => "opted_out",
            Self::HardBounce => "hard_bounce",
            Self::Complaint => "complaint",
            Self::Manual => "manual",
        }
    }

    /// What the person asked for weighs more than what somebody noted here, and that more than an address that is dead.
    pub fn weight(self) -> u8 {
        match self {
            Self::HardBounce => 0,
            Self::Manual => 1,
            Self::Complaint | Self::OptedOut => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_listed_once_however_it_is_spelled() {
        let of = |address| SuppressionScope::of_recipient(Channel::Whatsapp, address);
        assert_eq!(of("+5491123456789"), of("+541123456789"));
        assert_eq!(of("+553187654321"), Some(SuppressionScope::Phone("+5531987654321".to_owned())));
        assert_eq!(of("12345"), None);
    }

    #[test]
    fn reasons_are_spelled_as_they_are_stored() {
        for reason in SuppressionReason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        }
    }
}
