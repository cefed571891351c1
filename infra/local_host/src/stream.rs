//! Records of a table's stream, batch by batch and shard by shard: a failed batch blocks its shard.

use crate::filter::Filter;
use crate::host::{Inner, failures_of};
use crate::invoke::log_failure;
use crate::source::{Oddity, Source};
use crate::template::EventSource;
use anyhow::{Context, Result, anyhow};
use jiff::SignedDuration;
use local_cloud::{StreamBatch, StreamRecord};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

/// The delay before a failed batch is delivered again.
const STREAM_RETRY: SignedDuration = SignedDuration::from_secs(1);

impl Inner {
    pub async fn project(
        &self,
        source: &Source,
        read: (&str, usize, Option<u32>),
        filter: &Filter,
        oddity: Oddity,
    ) -> Result<bool> {
        let refused = |error| anyhow!("the local cloud refused: {error:?}");
        let now = self.clock.now();
        if source.next().is_some_and(|at| at > now) {
            return Ok(false);
        }
        if oddity == Oddity::ShardSplit {
            source.shards().split();
        }
        let count = source.shards().count();
        for _ in 0..count {
            let shard = source.shards().next();
            if self.project_shard(source, read, shard, filter, oddity).await? {
                self.cloud.trim_stream(read.0, self.read_by_all(read.0)).map_err(refused)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The position up to which every function that reads the table's stream has processed it.
    fn read_by_all(&self, table: &str) -> i64 {
        let reads = |source: &&Source| matches!(&source.kind, EventSource::Stream { table: read, .. } if read == table);
        let readers = self.sources.iter().filter(reads);
        readers.map(|source| source.shards().done_in_all()).min().unwrap_or(0)
    }

    async fn project_shard(
        &self,
        source: &Source,
        (table, batch, retries): (&str, usize, Option<u32>),
        shard: usize,
        filter: &Filter,
        oddity: Oddity,
    ) -> Result<bool> {
        let refused = |error| anyhow!("the local cloud refused: {error:?}");
        let after = source.shards().position(shard);
        let read = self.cloud.stream_records(table, after, batch).map_err(refused)?;
        if read.records.is_empty() {
            return Ok(false);
        }
        if oddity == Oddity::Dropped {
            return Ok(true);
        }
        let looked_at = read.last;
        let own = |record: &StreamRecord| source.shards().holds(shard, record);
        let news =
            read.records.into_iter().filter(|record| own(record) && filter.lets_through(&record.event));
        let news = StreamBatch { records: news.collect(), last: looked_at };
        let done = if news.records.is_empty() {
            looked_at
        } else {
            source.shards().handed(shard, looked_at);
            self.hand_on(source, shard, &news, after, oddity).await?
        };
        let done = if oddity == Oddity::Unheard { after } else { done };
        let in_vain = news.records.first().filter(|first| first.position > done && oddity != Oddity::Unheard);
        let done = match in_vain {
            Some(first) if source.shards().fails(shard, retries) => {
                tracing::error!(function = source.function, "a record of the stream is left out, and lost");
                first.position
            }
            _ => done,
        };
        // A failed batch blocks the shard and is retried, as on AWS.
        if done < looked_at {
            source.set_next(Some(self.clock.now().checked_add(STREAM_RETRY)?));
        } else {
            source.set_next(None);
        }
        let handed_on = news.records.iter().filter(|record| record.position <= done).count();
        self.changes.fetch_add(handed_on as u64, Ordering::Relaxed);
        source.shards().done(shard, done);
        Ok(true)
    }

    /// Delivers records to the function; returns the position up to which the stream is processed, `after` if
    /// it failed as a whole.
    async fn hand_on(
        &self,
        source: &Source,
        shard: usize,
        news: &StreamBatch,
        after: i64,
        oddity: Oddity,
    ) -> Result<i64> {
        let records: Vec<&Value> = news.records.iter().map(|record| &record.event).collect();
        let name = source.shards().name(shard);
        let event =
            json!({ "Records": records, "shardId": name, "state": {}, "isFinalInvokeForWindow": false });
        match self.start(source, self.new_chain(), event, oddity).await {
            Ok(answer) => done_through(news, &answer),
            Err(error) => {
                log_failure(source, error.as_ref());
                Ok(after)
            }
        }
    }
}

/// The position of the last record before the first that the function reports as failed.
fn done_through(read: &StreamBatch, answer: &Value) -> Result<i64> {
    let Some(failed) = failures_of(answer).into_iter().next() else { return Ok(read.last) };
    let position = read.records.iter().position(|r| r.event["dynamodb"]["SequenceNumber"] == json!(failed));
    let first = position.context("the function named a record that was not in its batch")?;
    Ok(read.records[first].position - 1)
}
