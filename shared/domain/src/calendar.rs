//! What a workspace and a campaign's senders keep: days off, and the hours in which an account works.

use crate::days_off::DayOff;
use crate::sequence::{Channel, MinuteRange};
use crate::time_zone::ZoneName;
use crate::window::{BadWindow, Week};
use serde::{Deserialize, Serialize};

/// When an account sends, by its own clock. Ranges are half-open; one may cross midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkingHours {
    pub zone: ZoneName,
    /// 1 Monday … 7 Sunday.
    pub weekdays: Vec<u8>,
    pub ranges: Vec<MinuteRange>,
}

impl WorkingHours {
    pub fn week(&self) -> Week<'_> {
        Week { weekdays: &self.weekdays, ranges: &self.ranges }
    }

    pub fn validate(&self) -> Result<(), BadWindow> {
        self.week().validate()
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    pub days_off: Vec<DayOff>,
    /// Of the campaign's mailbox; without any, all hours.
    pub mailbox: Option<WorkingHours>,
    pub sms_sender: Option<WorkingHours>,
}

impl Calendar {
    pub fn hours_of(&self, channel: Channel) -> Option<&WorkingHours> {
        match channel {
            Channel::Email => self.mailbox.as_ref(),
            Channel::Sms => self.sms_sender.as_ref(),
        }
    }
}
