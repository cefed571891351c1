//! What follows a step while it is being sent: its claim says where to go on, its message whether it was taken.

use crate::enrolment::Enrolment;
use crate::ids::StepId;
use crate::message::Message;
use crate::sequence::Channel;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The step after the claimed one, planned as its claim was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Next {
    pub step: StepId,
    pub due: Timestamp,
    /// When the claim was made: delays count from there.
    pub since: Timestamp,
}

impl Enrolment {
    /// The message that a claim was made for was taken: its step is over, and nobody has to write that here. The enrolment
    /// stands where the claim says that it goes on. False where the claim says nothing, or `message` is another.
    pub fn carry_on(&mut self, message: &Message) -> bool {
        let Some(next) = self.next.clone().filter(|_| self.is_claimed()) else { return false };
        if !(message.accepted_at.is_some() && self.present_message().as_ref() == Some(&message.id)) {
            return false;
        }
        if message.channel == Channel::Email {
            self.thread = self.thread.take().or_else(|| Some(message.id.clone()));
        }
        self.advance(next.since, Some(next.step), Some(next.due));
        true
    }
}
