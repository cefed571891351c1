//! The channels on which a lead has had messages of a campaign, and whether the present step's message is its first there.

use crate::contact::channel::{Channel, Touch};
use crate::enrolment::Enrolment;
use crate::message::Message;
use crate::sequence::SequenceVersion;

impl Enrolment {
    /// Notes that a message of this campaign has gone out to the lead.
    pub fn note_accepted_message(&mut self, message: &Message) {
        self.note_channel_used(message.channel);
        if message.channel == Channel::Email {
            self.thread = self.thread.take().or_else(|| Some(message.id.clone()));
        }
    }

    /// Notes that a message of this campaign has gone out to the lead on this channel.
    pub fn note_channel_used(&mut self, channel: Channel) {
        self.channels_used.insert(channel);
    }

    /// The channel of the present step in this version, and whether its message is the lead's first; none if
    /// the step sends nothing. What counts is what this lead got, not the order of steps: steps above may
    /// have been skipped or lie on another branch.
    pub fn touch(&self, version: &SequenceVersion) -> Option<Touch> {
        let channel = version.step(self.step.as_ref()?)?.kind.channel()?;
        let opening = match channel {
            Channel::Email | Channel::Sms => self.channels_used.is_empty(),
            // A conversation on WhatsApp begins with its first message there, whatever went out on other channels.
            Channel::Whatsapp => !self.channels_used.contains(&channel),
        };
        Some(Touch { channel, opening })
    }
}

#[cfg(test)]
mod tests;
