//! The open shards of a table's stream: the records of one partition are in one of them, in order. A shard
//! that has been read to its end may be split in two, which have names of their own and are read
//! independently.

use local_cloud::StreamRecord;

/// The most shards; four suffice, for two that are siblings and two that are not.
const MOST: usize = 4;

#[derive(Debug)]
pub struct Shards {
    open: Vec<Shard>,
    splits: u32,
    /// The index of the shard that was read last.
    turn: usize,
}

#[derive(Debug, Clone, Default)]
struct Shard {
    /// The position up to which records are processed.
    position: i64,
    /// The number of failures in a row.
    failures: u32,
    /// The position up to which records were ever delivered to a function; it may have processed them without
    /// its answer arriving.
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

    /// Moves on to the next shard to be read.
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

    /// Records a batch in which nothing was processed. True if its retries are exhausted.
    pub fn fails(&mut self, shard: usize, retries: Option<u32>) -> bool {
        let shard = &mut self.open[shard];
        shard.failures += 1;
        retries.is_some_and(|most| shard.failures > most)
    }

    /// The position up to which all shards are processed.
    pub fn done_in_all(&self) -> i64 {
        self.open.iter().map(|shard| shard.position).min().unwrap_or(0)
    }

    /// Splits each shard in two, if everything that was delivered is processed: a shard's records keep its
    /// name until then.
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
    fn partition_stays_in_one_shard_through_splits() {
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
    fn failing_record_is_skipped_only_if_retries_are_limited() {
        let mut shards = Shards::whole();
        assert!(!shards.fails(0, Some(2)) && !shards.fails(0, Some(2)) && shards.fails(0, Some(2)));
        shards.done(0, 1);
        assert!(!shards.fails(0, Some(2)), "the next one is tried as often");
        assert!((0..1_000).all(|_| !shards.fails(0, None)));
    }

    #[test]
    fn unacknowledged_records_block_a_split() {
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
