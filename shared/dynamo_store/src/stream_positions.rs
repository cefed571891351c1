//! The positions of a document in the shards of the stream: how far it has counted each of them. Shards come and go
//! every few hours, and a shard's records are delivered for a day, so a position that has not moved for two days
//! belongs to a shard that is over.

use crate::item::{Item, head, text};
use crate::key_hashes;
use crate::write::Expression;
use application::{StoreError, StoreResult};
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};

pub(crate) const POSITIONS: &str = "pos";
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(48);

/// The sequence number per shard, and the second in which it was passed.
#[derive(Debug, Default)]
pub(crate) struct Positions {
    stored: Option<AttributeValue>,
    passed: BTreeMap<String, (String, i64)>,
}

impl Positions {
    pub(crate) fn read(item: Option<&Item>) -> StoreResult<Self> {
        let Some(stored) = item.and_then(|item| item.get(POSITIONS)) else { return Ok(Self::default()) };
        let passed = stored.as_m().ok().and_then(|shards| shards.iter().map(read_one).collect());
        match (passed, item.map(head)) {
            (Some(passed), _) => Ok(Self { stored: Some(stored.clone()), passed }),
            (None, Some(Ok(head))) => Err(head.corrupt("has positions that cannot be read")),
            (None, _) => Err(StoreError::NotFound),
        }
    }

    pub(crate) fn of(&self, shard: &str) -> Option<&str> {
        self.passed.get(&name(shard)).map(|(sequence, _)| sequence.as_str())
    }

    pub(crate) fn pass(&mut self, shard: &str, sequence: &str, now: Timestamp) {
        let oldest = now.as_second().saturating_sub(FORGOTTEN_AFTER.as_secs());
        self.passed.retain(|_, (_, second)| *second >= oldest);
        self.passed.insert(name(shard), (sequence.to_owned(), now.as_second()));
    }

    /// Returns when the latest position was passed.
    pub(crate) fn latest(&self) -> Option<Timestamp> {
        let latest = self.passed.values().map(|(_, second)| *second).max()?;
        Timestamp::from_second(latest).ok()
    }

    /// The condition that the positions have not moved since they were read.
    pub(crate) fn unchanged(&self) -> Expression {
        match &self.stored {
            None => Expression::new("attribute_not_exists(#pos)").name("#pos", POSITIONS),
            Some(stored) => {
                Expression::new("#pos = :was").name("#pos", POSITIONS).value(":was", stored.clone())
            }
        }
    }

    pub(crate) fn value(&self) -> AttributeValue {
        let shards = self.passed.iter();
        let shards =
            shards.map(|(shard, (sequence, second))| (shard.clone(), text(format!("{sequence} {second}"))));
        AttributeValue::M(shards.collect::<HashMap<_, _>>())
    }
}

fn read_one((shard, value): (&String, &AttributeValue)) -> Option<(String, (String, i64))> {
    let (sequence, second) = value.as_s().ok()?.split_once(' ')?;
    Some((shard.clone(), (sequence.to_owned(), second.parse().ok()?)))
}

/// Shortens a shard's long name to a few characters that tell it from the others of its lane.
fn name(shard: &str) -> String {
    key_hashes::fingerprint(shard).chars().take(8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_of_old_shards_are_forgotten() {
        let at = |hours| Timestamp::UNIX_EPOCH.checked_add(SignedDuration::from_hours(hours)).unwrap();
        let mut positions = Positions::default();
        positions.pass("one", "100", at(0));
        positions.pass("two", "7", at(40));
        let item = Item::from([(POSITIONS.to_owned(), positions.value())]);
        let mut positions = Positions::read(Some(&item)).unwrap();
        assert_eq!((positions.of("one"), positions.of("two")), (Some("100"), Some("7")));
        positions.pass("two", "9", at(60));
        assert_eq!(
            (positions.of("one"), positions.of("two"), positions.of("three")),
            (None, Some("9"), None)
        );
    }

    #[test]
    fn unreadable_positions_are_an_error() {
        let key = [("pk".to_owned(), text("W#1#COUNTERS")), ("sk".to_owned(), text("TOTAL#0"))];
        let item = Item::from_iter(key.into_iter().chain([(POSITIONS.to_owned(), text("9"))]));
        assert!(matches!(Positions::read(Some(&item)), Err(StoreError::Corrupt { .. })));
    }
}
