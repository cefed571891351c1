//! What a lead has got of a campaign, and whether what the present step sends is the first of it.

use crate::contact::channel::{Channel, Touch};
use crate::enrolment::Enrolment;
use crate::message::Message;
use crate::sequence::SequenceVersion;

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
}

#[cfg(test)]
mod tests;
