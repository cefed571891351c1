//! The open shards of a table's stream: what is written to one partition is in one of them, in order. A shard that has been read
//! to its end may be split in two, which go on under names of their own and are read without regard to each other.

use local_cloud::StreamRecord;

/// More tell no more: two that are siblings, and two that are not.
const MOST: usize = 4;

#[derive(Debug)]
pub struct Shards {
    open: Vec<Shard>,
    splits: u32,
    /// Whose turn it is.
    turn: usize,
}

#[derive(Debug, Clone, Default)]
struct Shard {
    /// How far it is done.
    position: i64,
    /// How often in a row nothing of it could be done.
    failures: u32,
    /// How far it was ever handed to a function, which may have done its work and not been heard.
    handed: i64,
}

impl Shards {
    pub fn whole() -> Self {
        Self { open: vec![Shard::default()], splits: 0, turn: 0 }
    }

    pub fn count(&self) -> usize {
        self.open.len()
    }

    pub fn name(&self, shard: usize) -> String {
        format!("shardId-{:012}", shard + self.splits as usize * MOST)
    }

    /// The next to be read.
    pub fn next(&mut self) -> usize {
        self.turn = (self.turn + 1) % self.open.len();
        self.turn
    }

    pub fn position(&self, shard: usize) -> i64 {
        self.open[shard].position
    }

    pub fn holds(&self, shard: usize, record: &StreamRecord) -> bool {
        let key = &record.event["dynamodb"]["Keys"]["pk"]["S"];
        let sum = key
            .as_str()
            .unwrap_or_default()
            .bytes()
            .fold(7_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
        sum % self.open.len() == shard
    }

    pub fn handed(&mut self, shard: usize, last: i64) {
        let shard = &mut self.open[shard];
        shard.handed = shard.handed.max(last);
    }

    pub fn done(&mut self, shard: usize, position: i64) {
        let shard = &mut self.open[shard];
        if position > shard.position {
            shard.failures = 0;
        }
        shard.position = position;
    }

    /// Not even its next record could be done. True where it was tried again as often as it may be.
    pub fn fails(&mut self, shard: usize, retries: Option<u32>) -> bool {
        let shard = &mut self.open[shard];
        shard.failures += 1;
        retries.is_some_and(|most| shard.failures > most)
    }

    /// What is before this is done in all of them.
    pub fn done_in_all(&self) -> i64 {
        self.open.iter().map(|shard| shard.position).min().unwrap_or(0)
    }

    /// Each in two, if all that a function was ever given is done: a closed shard's records come under its name, until they are.
    pub fn split(&mut self) -> bool {
        let pending = self.open.iter().any(|shard| shard.handed > shard.position);
        if pending || self.open.len() * 2 > MOST {
            return false;
        }
        self.open.extend(self.open.clone());
        self.splits += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record(partition: usize) -> StreamRecord {
        let keys = json!({ "pk": { "S": format!("W#{partition}") }, "sk": { "S": "LEAD" } });
        StreamRecord { position: 0, event: json!({ "dynamodb": { "Keys": keys } }) }
    }

    #[test]
    fn a_partition_is_in_one_shard_and_stays_in_its_children() {
        let mut shards = Shards::whole();
        for count in [1, 2, 4] {
            assert_eq!(shards.count(), count);
            for partition in 0..50 {
                let held = (0..count).filter(|shard| shards.holds(*shard, &record(partition)));
                assert_eq!(held.count(), 1);
            }
            let before: Vec<_> = (0..count).map(|shard| shards.name(shard)).collect();
            assert_eq!(shards.split(), count < MOST);
            assert!(count == MOST || !(0..shards.count()).any(|shard| before.contains(&shards.name(shard))));
        }
    }

    #[test]
    fn what_fails_as_often_as_it_may_is_left_out_if_there_is_an_end_to_it() {
        let mut shards = Shards::whole();
        assert!(!shards.fails(0, Some(2)) && !shards.fails(0, Some(2)) && shards.fails(0, Some(2)));
        shards.done(0, 1);
        assert!(!shards.fails(0, Some(2)), "the next one is tried as often");
        assert!((0..1_000).all(|_| !shards.fails(0, None)));
    }

    #[test]
    fn what_may_be_done_and_was_not_heard_comes_under_its_old_name_first() {
        let mut shards = Shards::whole();
        shards.handed(0, 9);
        shards.done(0, 5);
        assert!(!shards.split());
        shards.done(0, 9);
        assert!(shards.split());
        assert_eq!((shards.position(1), shards.done_in_all()), (9, 9));
        shards.done(1, 12);
        assert_eq!(shards.done_in_all(), 9);
    }
}
