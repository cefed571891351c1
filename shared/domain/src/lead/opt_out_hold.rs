//! The hold of a lead whose message may be an opt-out: a model took it for one, and no rule did.
//!
//! A model puts nobody on the suppression list, because it is wrong too often for what lasts. Its finding stops the lead's
//! enrolments, as any reply does, and in the same write sets this hold: nothing goes to the lead on any channel, and it
//! enters no campaign. The hold lasts until users have said of each of its messages whether it was an opt-out. Time never
//! lifts it.

use crate::contact::channel::Channel;
use crate::ids::MessageId;
use crate::lead::Lead;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The most messages that a hold remembers; of more, the latest.
const REMEMBERED: usize = 20;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OptOutHold {
    /// When the first of the messages came.
    pub since: Timestamp,
    /// The messages that may be opt-outs and about which no user has decided, the latest last.
    pub messages: Vec<MessageId>,
    /// The channel of the latest.
    pub channel: Channel,
    /// The sentence of the latest that the model took for an opt-out.
    pub sentence: String,
}

/// A message that may be an opt-out.
#[derive(Debug, Clone, Copy)]
pub struct Doubt<'a> {
    pub message: &'a MessageId,
    pub channel: Channel,
    pub sentence: &'a str,
    pub at: Timestamp,
}

impl OptOutHold {
    /// A sentence that tells users why nothing goes to the person of this name.
    pub fn describe(&self, name: &str) -> String {
        let on = self.since.strftime("%-d %b %Y");
        match self.sentence.as_str() {
            "" => format!("{name} may have opted out on {on}: say whether they have."),
            said => format!("{name} may have opted out on {on} (“{said}”): say whether they have."),
        }
    }

    /// The hold of a lead that two leads were merged into: each message of either waits for its answer.
    pub fn joined(own: Option<&Self>, others: Option<&Self>) -> Option<Self> {
        let (own, others) = match (own, others) {
            (Some(own), Some(others)) => (own, others),
            (one, other) => return one.or(other).cloned(),
        };
        let mut joined = others.clone();
        joined.since = own.since.min(others.since);
        joined.messages.retain(|message| !own.messages.contains(message));
        joined.messages.extend(own.messages.iter().cloned());
        joined.forget_surplus();
        Some(Self { channel: own.channel, sentence: own.sentence.clone(), ..joined })
    }

    fn forget_surplus(&mut self) {
        let surplus = self.messages.len().saturating_sub(REMEMBERED);
        self.messages.drain(..surplus);
    }
}

impl Lead {
    /// Holds the lead because of a message that may be an opt-out. False if it is held because of it already.
    pub fn hold_for(&mut self, doubt: Doubt<'_>) -> bool {
        let hold = self.opt_out_hold.get_or_insert_with(|| OptOutHold {
            since: doubt.at,
            messages: Vec::new(),
            channel: doubt.channel,
            sentence: String::new(),
        });
        if hold.messages.contains(doubt.message) {
            return false;
        }
        hold.messages.push(doubt.message.clone());
        hold.forget_surplus();
        (hold.channel, hold.sentence) = (doubt.channel, doubt.sentence.to_owned());
        true
    }

    /// Takes a message about which a user has decided out of the hold, which ends with its last one. True if anything
    /// changed.
    pub fn settle_hold(&mut self, message: &MessageId) -> bool {
        let Some(hold) = &mut self.opt_out_hold else { return false };
        let before = hold.messages.len();
        hold.messages.retain(|known| known != message);
        let has_changed = hold.messages.len() < before;
        if hold.messages.is_empty() {
            self.opt_out_hold = None;
        }
        has_changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{LeadId, WorkspaceId};

    fn message(name: &str) -> MessageId {
        MessageId::derived(&LeadId::derived(Timestamp::UNIX_EPOCH, &["ann"]), &["in", name])
    }

    fn held_for(messages: &[&str]) -> Lead {
        let at = Timestamp::UNIX_EPOCH;
        let workspace = WorkspaceId::derived(at, &["w"]);
        let mut lead = Lead::blank(LeadId::derived(at, &["ann"]), workspace, at);
        for name in messages {
            let id = message(name);
            assert!(lead.hold_for(Doubt { message: &id, channel: Channel::Email, sentence: name, at }));
        }
        lead
    }

    #[test]
    fn hold_ends_once_each_of_its_messages_is_decided() {
        let mut lead = held_for(&["one", "two"]);
        let again = message("two");
        let doubt = Doubt { message: &again, channel: Channel::Sms, sentence: "", at: Timestamp::MAX };
        assert!(!lead.hold_for(doubt), "a repeat changes nothing");
        assert_eq!(lead.opt_out_hold.as_ref().unwrap().sentence, "two");
        assert!(lead.settle_hold(&message("one")) && lead.opt_out_hold.is_some());
        assert!(!lead.settle_hold(&message("three")) && lead.opt_out_hold.is_some());
        assert!(lead.settle_hold(&message("two")) && lead.opt_out_hold.is_none());
    }

    #[test]
    fn joined_hold_waits_for_the_messages_of_both_leads() {
        let (one, other) = (held_for(&["one"]).opt_out_hold, held_for(&["one", "two"]).opt_out_hold);
        let joined = OptOutHold::joined(one.as_ref(), other.as_ref()).unwrap();
        assert_eq!(joined.messages, [message("two"), message("one")]);
        assert_eq!(OptOutHold::joined(None, one.as_ref()), one);
        assert_eq!(OptOutHold::joined(None, None), None);
    }

    #[test]
    fn hold_remembers_its_latest_messages() {
        let names: Vec<String> = (0..30).map(|number| number.to_string()).collect();
        let lead = held_for(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let hold = lead.opt_out_hold.unwrap();
        assert_eq!((hold.messages.len(), hold.messages.last()), (REMEMBERED, Some(&message("29"))));
        assert!(hold.describe("Ann").contains("may have opted out on 1 Jan 1970 (“29”)"));
    }
}
