//! The table's stream, taken in: counters move in one transaction with the shard's cursor, so that a batch delivered
//! again moves nothing; the event bus is told before the cursor passes, so that a crash repeats an event and loses none.

use crate::outbox::{BusEvent, EventBus};
use crate::ports::Ports;
use crate::projection::{ChangeReader, bus_events, deltas, is_after};
use crate::stats::{Delta, StatsStore};
use crate::store::{BoxError, StoreError};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Counter documents of one transaction.
const DOCUMENTS: usize = 40;
const TRIES: usize = 5;

#[derive(Clone)]
pub struct ProjectPorts {
    pub bus: Arc<dyn EventBus>,
    pub changes: Arc<dyn ChangeReader>,
    pub stats: Arc<dyn StatsStore>,
}

impl From<&Ports> for ProjectPorts {
    fn from(ports: &Ports) -> Self {
        Self { bus: ports.bus.clone(), changes: ports.changes.clone(), stats: ports.stats.clone() }
    }
}

/// What one record says. Without news it is a write of nobody's concern, or one that cannot be read.
#[derive(Debug, Default)]
struct Record {
    sequence: String,
    deltas: Vec<Delta>,
    events: Vec<BusEvent>,
}

impl Record {
    fn read(changes: &dyn ChangeReader, raw: &Value) -> Self {
        let sequence = raw.pointer("/dynamodb/SequenceNumber").and_then(Value::as_str).unwrap_or_default();
        let mut record = Self { sequence: sequence.to_owned(), ..Self::default() };
        match changes.read_record(raw) {
            Ok(Some(changed)) if !sequence.is_empty() => {
                record.deltas = deltas(&changed);
                record.events = bus_events(&changed);
            }
            Ok(Some(_)) => tracing::error!("a stream record without a sequence number is passed over"),
            Ok(None) => {}
            Err(error) => {
                tracing::error!(stream.sequence = sequence, %error, "a stream record that cannot be read is passed over");
            }
        }
        record
    }

    fn is_news(&self) -> bool {
        !self.deltas.is_empty() || !self.events.is_empty()
    }
}

/// Answers how many of the records are taken in, from the first on; an error if none could be.
pub async fn project(ports: &ProjectPorts, shard: &str, records: &[Value]) -> Result<usize, BoxError> {
    let records: Vec<Record> = records.iter().map(|raw| Record::read(&*ports.changes, raw)).collect();
    let mut cursor = None;
    let mut done = 0;
    while done < records.len() {
        let group = &records[done..][..longest_prefix(&records[done..])];
        match take_in(ports, shard, group, &mut cursor).await {
            Ok(()) => done += group.len(),
            Err(error) if done > 0 => {
                tracing::warn!(stream.shard = shard, %error, "the rest of a batch waits for its next delivery");
                return Ok(done);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// As many records as touch no more documents than a transaction takes; at least one.
fn longest_prefix(records: &[Record]) -> usize {
    let mut touched = BTreeSet::new();
    for (at, record) in records.iter().enumerate() {
        touched.extend(record.deltas.iter().map(|delta| (&delta.workspace, &delta.scope)));
        if touched.len() > DOCUMENTS && at > 0 {
            return at;
        }
    }
    records.len()
}

/// Nothing is written where nothing is told: the cursor's own write comes back through the stream.
async fn take_in(
    ports: &ProjectPorts,
    shard: &str,
    group: &[Record],
    cursor: &mut Option<Option<String>>,
) -> Result<(), BoxError> {
    if !group.iter().any(Record::is_news) {
        return Ok(());
    }
    let mut told = false;
    for _ in 0..TRIES {
        let from = match cursor.take() {
            Some(known) => known,
            None => ports.stats.cursor(shard).await?,
        };
        let fresh = group.iter().filter(|record| is_after(&record.sequence, from.as_deref()));
        let fresh: Vec<&Record> = fresh.filter(|record| !record.sequence.is_empty()).collect();
        let news = fresh.iter().any(|record| record.is_news());
        let Some(last) = fresh.last().filter(|_| news) else {
            *cursor = Some(from);
            return Ok(());
        };
        let events: Vec<BusEvent> = fresh.iter().flat_map(|record| record.events.clone()).collect();
        if !told && !events.is_empty() {
            ports.bus.publish(events).await?;
            told = true;
        }
        let deltas: Vec<Delta> = fresh.iter().flat_map(|record| record.deltas.clone()).collect();
        match ports.stats.apply(shard, from.as_deref(), &last.sequence, &deltas).await {
            Ok(()) => {
                *cursor = Some(Some(last.sequence.clone()));
                return Ok(());
            }
            // The batch was delivered twice and somebody else was faster: look where the cursor is now.
            Err(StoreError::Conflict) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(StoreError::Conflict.into())
}
