//! Whether a step may have been closed to a lead within the last moments, by what is stored of the lead, of its list and of what
//! came to nothing.

use super::raw::{Item, Key, flag, lead_of, path, text};
use super::{Oracle, sends};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What closes a step, as the product calls it.
const CLOSES: [&str; 5] = ["no_email", "no_phone", "undeliverable", "address_suppressed", "channel_failed"];

/// What came to nothing: where, by enrolment and channel.
#[derive(Default)]
pub struct ClosedChannels {
    places: BTreeMap<(Key, String), BTreeSet<String>>,
    /// Messages of whose failure a channel was told before they were marked.
    told: BTreeSet<Key>,
}

impl ClosedChannels {
    /// Called as a message is written: refused, come back, or refused after nobody knew of a first try.
    pub fn message_written(&mut self, enrolment: Key, message: &Item) {
        let refused = text(message, "state") == "abandoned" && message.0["fail"].is_object();
        if refused || matches!(text(message, "state"), "failed" | "bounced") {
            let channel = text(message, "ch").to_owned();
            self.places.entry((enrolment, channel)).or_default().insert(text(message, "to").to_owned());
        }
    }

    /// Whether any of the lead's messages failed, of a campaign or not.
    pub fn failed_for_lead(&self, pk: &str) -> bool {
        self.places.keys().any(|((partition, _), _)| partition == pk)
    }

    pub fn failed_in(&self, enrolment: &Key) -> bool {
        self.places.keys().any(|(key, _)| key == enrolment)
    }

    /// A channel was closed for this message, which is marked only after that.
    pub fn is_closed_for(&self, message: &Key) -> bool {
        self.told.contains(message)
    }

    fn failed_by(&self, enrolment: &Key, channel: &str) -> bool {
        self.places.contains_key(&(enrolment.clone(), channel.to_owned()))
    }

    /// The addresses or numbers where it failed.
    fn places(&self, enrolment: &Key, channel: &str) -> impl Iterator<Item = &str> {
        self.places.get(&(enrolment.clone(), channel.to_owned())).into_iter().flatten().map(String::as_str)
    }
}

/// Called as an enrolment is written: a report has closed a channel to it. What it reports is marked last, so that a repeat
/// finds the rest done; at rest it is.
pub fn enrolment_written(oracle: &mut Oracle, key: &Key, new: &Item) {
    if path(new, &["ev", "k"]) != "channel_failed" {
        return;
    }
    let id = path(new, &["ev", "c"]).trim_start_matches("msg_");
    let message = (key.0.clone(), format!("M#{}", id.trim_start_matches(lead_of(&key.0))));
    let Some(item) = oracle.items.get(&message).filter(|item| sends::enrolment_of(&message, item) == *key)
    else {
        return;
    };
    let (channel, to) = (text(item, "ch").to_owned(), text(item, "to").to_owned());
    oracle.closed_channels.places.entry((key.clone(), channel)).or_default().insert(to);
    oracle.closed_channels.told.insert(message);
}

/// Checks at rest.
pub fn at_rest(oracle: &Oracle) -> Vec<String> {
    let arrived = |key: &&Key| {
        let message = oracle.items.get(key);
        message.is_some_and(|message| !matches!(text(message, "state"), "failed" | "bounced" | "abandoned"))
    };
    let told = |(pk, sk): &Key| format!("{sk} of {} has closed its channel, and has not failed", lead_of(pk));
    oracle.closed_channels.told.iter().filter(arrived).map(told).collect()
}

/// What a function has read that writes now.
pub fn lately(oracle: &Oracle, now: Timestamp) -> Timestamp {
    now - oracle.read_to_write()
}

/// Whether this may be why the step could not reach them.
pub fn may_be_why(oracle: &Oracle, now: Timestamp, key: &Key, step: &Item, why: &str) -> bool {
    let Some(by_mail) = by_mail(step) else { return false };
    let (pk, since) = (&key.0, lately(oracle, now));
    match why {
        "no_email" => by_mail && !oracle.leads.had_any_since(pk, by_mail, since),
        "no_phone" => !by_mail && !oracle.leads.had_any_since(pk, by_mail, since),
        "undeliverable" => by_mail && oracle.leads.was_undeliverable(pk, since),
        "address_suppressed" => {
            let theirs = oracle.leads.recent_addresses(pk, by_mail, since);
            // What was refused is listed where it went, though they may have moved meanwhile.
            let mut addresses = theirs.chain(oracle.closed_channels.places(key, text(step, "kind")));
            addresses.any(|address| may_be_listed(oracle, now, pk, address))
        }
        "channel_failed" => oracle.closed_channels.failed_by(key, text(step, "kind")),
        _ => false,
    }
}

/// Whether anything may have closed it.
pub fn may_be_closed(oracle: &Oracle, now: Timestamp, key: &Key, step: &Item) -> bool {
    CLOSES.iter().any(|why| may_be_why(oracle, now, key, step, why))
}

/// The address, or its domain, or it was until lately.
pub fn may_be_listed(oracle: &Oracle, now: Timestamp, pk: &str, address: &str) -> bool {
    let domain = address.split_once('@').map(|(_, domain)| domain);
    [Some(address), domain].into_iter().flatten().any(|scope| {
        oracle.listed(pk, scope).is_some() || oracle.is_lifted(pk, scope, (lately(oracle, now), now))
    })
}

/// Whether a step needs the mail address (true) or the number (false); none if it needs neither. A call and a
/// personal chat need the number.
fn by_mail(step: &Item) -> Option<bool> {
    match text(step, "kind") {
        "email" => Some(true),
        "sms" | "whatsapp" => Some(false),
        "task" if matches!(text(step, "task"), "call" | "whatsapp") => Some(false),
        _ => None,
    }
}

/// A step from here on that turns to somebody and was open to them all the time.
pub fn open_step(oracle: &Oracle, now: Timestamp, key: &Key, steps: &[Item], from: &str) -> Option<String> {
    let rest = steps.iter().skip_while(|step| text(step, "id") != from);
    let mut touches = rest.filter(|step| matches!(text(step, "kind"), "email" | "sms" | "whatsapp" | "task"));
    let open = touches.find(|step| !may_be_closed(oracle, now, key, step))?;
    Some(text(open, "id").to_owned())
}

/// Whether nobody may contact the lead at all, or might not until lately.
pub fn may_be_barred(oracle: &Oracle, now: Timestamp, pk: &str) -> bool {
    let since = lately(oracle, now);
    let lead = oracle.lead(pk);
    let is_marked = lead.is_some_and(|lead| flag(lead, &["core", "no"]));
    let theirs =
        [true, false].into_iter().flat_map(|by_mail| oracle.leads.recent_addresses(pk, by_mail, since));
    let mut scopes =
        theirs.flat_map(|who| [Some(who), who.split_once('@').map(|(_, domain)| domain)]).flatten();
    // An address that is dead ends nothing else.
    let is_against = |scope: &str| {
        let is_listed = oracle.listed(pk, scope).is_some_and(|(_, reason)| reason != "hard_bounce");
        is_listed || oracle.is_lifted(pk, scope, (since, now))
    };
    is_marked || scopes.any(is_against)
}

/// What a lead says of its address.
pub fn is_undeliverable(lead: &Item) -> bool {
    path(lead, &["core", "dl"]) == "undeliverable"
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// An enrolment that a report has ended, of whose message that state is known at rest; and what is wrong with it.
    fn wrong(closed_by: &str, state: &str) -> Vec<String> {
        let pk = "W#w#L#lead".to_owned();
        let (message, enrolment) = ((pk.clone(), "M#1".to_owned()), (pk, "N#c".to_owned()));
        let in_state = |state: &str| {
            Item(json!({ "camp": { "S": "campaign_c" }, "ch": { "S": "whatsapp" }, "to": { "S": "+1303" },
                "state": { "S": state } }))
        };
        let mut oracle = Oracle::new(BTreeMap::new(), false);
        oracle.items.insert(message.clone(), in_state("accepted"));
        let event = json!({ "M": { "k": { "S": "channel_failed" }, "c": { "S": closed_by } } });
        enrolment_written(&mut oracle, &enrolment, &Item(json!({ "ev": event })));
        assert_eq!(oracle.closed_channels.failed_by(&enrolment, "whatsapp"), closed_by == "msg_lead1");
        assert!(!oracle.closed_channels.failed_by(&enrolment, "sms"));
        oracle.items.insert(message, in_state(state));
        let wrong = at_rest(&oracle);
        oracle.accuse_all("closed_channels", Timestamp::UNIX_EPOCH, wrong);
        oracle.violations().to_vec()
    }

    #[test]
    fn closed_channel_needs_a_failed_message_at_rest() {
        assert!(wrong("msg_lead1", "failed").is_empty());
        assert!(wrong("msg_lead2", "accepted").is_empty());
        assert_eq!(wrong("msg_lead1", "delivered").len(), 1);
    }
}
