//! At rest: every message accounted for, every counter equal to a recount, nobody written to after they said no.

use super::raw::{instant, text};
use super::stops::{STOP_TAKES, lists, was_put_away};
use super::tenancy::{concerns, owner_of};
use super::{Item, Oracle, Taken, counters};
use jiff::Timestamp;
use sandbox::Observed;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

pub fn check(oracle: &mut Oracle, observed: &Observed, now: Timestamp) {
    let mut wrong = messages(oracle);
    wrong.extend(counters::differing(oracle));
    wrong.extend(stops(oracle, observed));
    for what in wrong {
        oracle.accuse(now, what);
    }
}

pub fn of_entity<'a>(
    oracle: &'a Oracle,
    entity: &'a str,
) -> impl Iterator<Item = (&'a super::Key, &'a Item)> {
    oracle.items.iter().filter(move |(_, item)| text(item, "entity") == entity)
}

fn messages(oracle: &Oracle) -> Vec<String> {
    let of_steps = oracle.taken.iter().map(|taken| taken.tag.as_str());
    let taken: BTreeSet<&str> = of_steps.chain(oracle.letters.keys().map(String::as_str)).collect();
    let mut wrong = Vec::new();
    let mut known = BTreeSet::new();
    let theirs = |pk: &str| oracle.deleted.contains(super::raw::lead_of(pk));
    let left = oracle.items.iter().filter(|((pk, _), item)| theirs(pk) && !is_bare(item));
    for ((pk, sk), _) in left {
        wrong.push(format!("{sk} of {pk} is still there, and the lead was deleted"));
    }
    let rest = of_entity(oracle, "message").filter(|(key, _)| !theirs(&key.0));
    for (key, item) in rest.filter(|(_, item)| text(item, "dir") == "out") {
        let (id, state) = (text(item, "id"), text(item, "state"));
        let accepted = item.0["acc"]["N"].is_string();
        if accepted && !taken.contains(id) {
            wrong.push(format!("{id} of {} is {state} and no provider took it", key.0));
        }
        if accepted || matches!(state, "uncertain" | "abandoned") {
            known.insert(id);
        }
    }
    for tag in taken.difference(&known) {
        let lead = tag.get(4..30).unwrap_or_default();
        if !oracle.deleted.contains(lead) {
            wrong.push(format!("{tag} was taken by a provider and is not recorded"));
        }
    }
    wrong
}

/// Of who was deleted the id may stay, and that they were.
fn is_bare(item: &Item) -> bool {
    let bare = ["pk", "sk", "entity", "v", "gone", "ttl"];
    let known = |fields: &Map<String, Value>| fields.keys().all(|name| bare.contains(&name.as_str()));
    text(item, "entity") == "former_lead" && item.0.as_object().is_some_and(known)
}

/// Nobody who asked not to be written to was; nor, in what they were in by then, who ended it otherwise.
fn stops(oracle: &Oracle, observed: &Observed) -> Vec<String> {
    let mut wrong = Vec::new();
    for deed in observed.deeds.iter().filter(|deed| deed.kind.ends_contact()) {
        let Some(answered) = deed.answered_at else { continue };
        let theirs = |sent: &&Taken| sent.to == deed.who && concerns(oracle, deed, owner_of(&sent.key.0));
        for sent in oracle.taken.iter().filter(theirs) {
            let since = oracle.items.get(&sent.key).and_then(|enrolment| instant(enrolment, "since"));
            let meant = lists(deed.kind) || since.is_some_and(|since| since < deed.at);
            let known = sent.at.duration_since(answered) > STOP_TAKES && !was_put_away(oracle, sent.at);
            if meant && known {
                wrong.push(format!(
                    "{} was written to at {} although {:?} since {answered}: {}",
                    sent.to, sent.at, deed.kind, sent.tag
                ));
            }
        }
    }
    wrong
}
