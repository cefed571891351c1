//! How far a document has counted each shard of the stream. Shards come and go every few hours; what a shard said is
//! delivered for a day, so a position that has not moved for two days is of a shard that is over.

use crate::item::{Item, head, text};
use crate::keys;
use crate::write::Expression;
use application::{StoreError, StoreResult};
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};

pub(crate) const POSITIONS: &str = "pos";
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(48);

/// Shard → sequence number and the second it was passed.
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

    /// When the latest of them was passed.
    pub(crate) fn latest(&self) -> Option<Timestamp> {
        let latest = self.passed.values().map(|(_, second)| *second).max()?;
        Timestamp::from_second(latest).ok()
    }

    /// Nobody has moved them since they were read.
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

/// Of a shard's long name a few characters tell it from the others of its lane.
fn name(shard: &str) -> String {
    keys::fingerprint(shard).chars().take(8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_that_is_over_is_forgotten_and_a_living_one_is_not() {
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
    fn what_cannot_be_read_is_no_beginning() {
        let key = [("pk".to_owned(), text("W#1#COUNTERS")), ("sk".to_owned(), text("TOTAL#0"))];
        let item = Item::from_iter(key.into_iter().chain([(POSITIONS.to_owned(), text("9"))]));
        assert!(matches!(Positions::read(Some(&item)), Err(StoreError::Corrupt { .. })));
    }
}
