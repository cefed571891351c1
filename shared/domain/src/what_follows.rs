//! What follows a step while it is being sent: its claim says where to go on, its message whether it was taken.

use crate::enrolment::Enrolment;
use crate::ids::StepId;
use crate::message::Message;
use crate::sequence::{Channel, SequenceVersion, Touch};
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
    /// A message of this campaign has gone out to them.
    pub fn has_got(&mut self, message: &Message) {
        self.touched.insert(message.channel);
        if message.channel == Channel::Email {
            self.thread = self.thread.take().or_else(|| Some(message.id.clone()));
        }
    }

    /// What they get by the present step of this version; `None`: it sends nothing. Whether it is the first is theirs to say, not
    /// the order of the steps: what stands above may have been left out, or on another way.
    pub fn touch(&self, version: &SequenceVersion) -> Option<Touch> {
        let channel = version.step(self.step.as_ref()?)?.kind.channel()?;
        let opening = match channel {
            Channel::Email | Channel::Sms => self.touched.is_empty(),
            // There a conversation begins, whatever they had elsewhere.
            Channel::Whatsapp => !self.touched.contains(&channel),
        };
        Some(Touch { channel, opening })
    }

    /// The message that a claim was made for was taken: its step is over, and nobody has to write that here. The enrolment
    /// stands where the claim says that it goes on. False where the claim says nothing, or `message` is another.
    pub fn carry_on(&mut self, message: &Message) -> bool {
        let Some(next) = self.next.clone().filter(|_| self.is_claimed()) else { return false };
        if !(message.accepted_at.is_some() && self.present_message().as_ref() == Some(&message.id)) {
            return false;
        }
        self.has_got(message);
        self.advance(next.since, Some(next.step), Some(next.due));
        true
    }
}

#[cfg(test)]
#[path = "tests/what_follows.rs"]
mod tests;
