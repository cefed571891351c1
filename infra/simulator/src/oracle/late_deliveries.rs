//! What its provider takes when everybody has given up waiting: it counts as of when it left us, and was right or wrong then.

use super::raw::{Item, Key};
use super::sends::{Accepted, called, check_version, first_of, may_be_sent_again, sender};
use super::tenant_isolation::owner_of;
use super::{Oracle, Taken, one_off_messages};
use crate::trouble::late_deliveries::DelayedDelivery;
use jiff::Timestamp;
use std::collections::BTreeMap;

const JUDGE: &str = "late_deliveries";

#[derive(Default)]
pub struct LateArrivals {
    on_the_way: BTreeMap<u64, InTransit>,
    /// The one that comes to its provider now.
    lands: Option<u64>,
}

pub struct InTransit {
    tag: String,
    at: Timestamp,
    of: Option<Of>,
}

/// What it was sent for. Of who was deleted by then nothing is known.
enum Of {
    Step(Key, Item),
    /// A workspace's.
    Letter(String),
}

impl LateArrivals {
    /// Whether this is the one that lands now.
    pub fn take(&mut self, tag: &str) -> Option<InTransit> {
        let number =
            self.lands.filter(|number| self.on_the_way.get(number).is_some_and(|way| way.tag == tag))?;
        self.on_the_way.remove(&number)
    }
}

impl Oracle {
    /// What has left us since it last looked, and what lands now.
    pub fn look_at_departures(&mut self, left: &[DelayedDelivery], lands: Option<u64>, now: Timestamp) {
        for DelayedDelivery { number, tag, to } in left {
            let of = left_for(self, now, tag, to);
            self.landing.on_the_way.insert(*number, InTransit { tag: tag.clone(), at: now, of });
        }
        self.landing.lands = lands;
    }
}

fn left_for(oracle: &mut Oracle, now: Timestamp, tag: &str, to: &str) -> Option<Of> {
    if let Some(letter) = one_off_messages::of(oracle, tag) {
        one_off_messages::called(oracle, now, (tag, to), &letter);
        let owner = oracle.one_offs.begun(tag).map(|begun| owner_of(&begun.partition).to_owned());
        return Some(Of::Letter(owner.unwrap_or_default()));
    }
    let lead = tag.strip_prefix("msg_").and_then(|rest| rest.get(..26)).unwrap_or_default().to_owned();
    let (key, enrolment) = sender(oracle, &lead, tag)?;
    called(oracle, now, (&key, &enrolment), (tag, to));
    Some(Of::Step(key, enrolment))
}

pub fn landed(oracle: &mut Oracle, way: InTransit, accepted: &Accepted<'_>) {
    let Accepted { at: now, tag, to, .. } = *accepted;
    let first = first_of(oracle, tag).or_else(|| oracle.one_offs.taken.get(tag).copied());
    // Whoever had it sent again meanwhile could not know that it was on its way.
    let again = |oracle: &Oracle, owner: &str| {
        first.is_some_and(|first| !may_be_sent_again(oracle, now.max(first), owner, (tag, way.at.min(first))))
    };
    let twice = match &way.of {
        Some(Of::Step(key, _)) => again(oracle, owner_of(&key.0)),
        Some(Of::Letter(owner)) => again(oracle, owner),
        None => false,
    };
    if twice {
        let since = way.at;
        let wrong = format!("{tag} to {to} was taken twice, once after it was on its way since {since}");
        oracle.accuse(JUDGE, now, wrong);
    }
    match way.of {
        Some(Of::Step(key, enrolment)) => {
            let accepted = Accepted { at: way.at, ..*accepted };
            let sender = check_version(oracle, &key, &enrolment, &accepted);
            let taken = Taken::of(&accepted, (key, &enrolment), &sender);
            oracle.sent.taken.push(taken);
        }
        Some(Of::Letter(..)) | None => drop(oracle.one_offs.taken.insert(tag.to_owned(), way.at)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sends::By;
    use super::*;
    use jiff::SignedDuration;
    use serde_json::json;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    /// A letter leaves, lands half an hour later, and was taken before that where somebody made it again.
    fn lands(taken_at: Option<i64>) -> usize {
        let mut oracle = Oracle::new(BTreeMap::new(), false);
        let letter = json!({ "id": { "S": "msg_1" }, "entity": { "S": "message" }, "dir": { "S": "out" },
            "state": { "S": "uncertain" }, "claim": { "N": at(2).as_nanosecond().to_string() } });
        oracle.items.insert(("W#w#L#ann".to_owned(), "M#1".to_owned()), Item(letter));
        let departure =
            DelayedDelivery { number: 7, tag: "msg_1".to_owned(), to: "ann@x.example".to_owned() };
        oracle.look_at_departures(&[departure], None, at(0));
        if let Some(taken_at) = taken_at {
            oracle.one_offs.taken.insert("msg_1".to_owned(), at(taken_at));
        }
        assert!(oracle.landing.take("msg_1").is_none(), "it is on its way still");
        oracle.look_at_departures(&[], Some(7), at(30));
        let way = oracle.landing.take("msg_1").unwrap();
        let by = By::Mail { from: "maya@x.example" };
        landed(&mut oracle, way, &Accepted { at: at(30), tag: "msg_1", to: "ann@x.example", by, says: "" });
        assert_eq!(oracle.one_offs.taken.get("msg_1"), Some(&at(0)));
        oracle.violations().len()
    }

    #[test]
    fn late_arrival_counts_at_departure_once() {
        assert_eq!((lands(None), lands(Some(10))), (0, 1));
    }
}
