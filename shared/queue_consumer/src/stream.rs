//! The table's stream: batches of one shard, in order, with the shard's name.

use crate::{BoxError, Handler};
use serde_json::Value;
use std::future::Future;
use std::sync::Arc;

/// The records of one shard as Lambda delivers them, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamBatch {
    /// The shard's name, which the event holds because the mapping has a tumbling window.
    pub shard: String,
    /// The raw records: `eventID`, `eventName`, `dynamodb{Keys, NewImage, OldImage, SequenceNumber}`.
    pub records: Vec<Value>,
}

/// Handles a batch of the stream. `handle` returns how many records are projected; the rest is delivered again.
pub fn stream_handler<A, F, Fut>(app: Arc<A>, handle: F) -> Handler
where
    A: Send + Sync + 'static,
    F: Fn(Arc<A>, StreamBatch) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<usize, BoxError>> + Send + 'static,
{
    Arc::new(move |mut event: Value| {
        let shard = event.get("shardId").and_then(Value::as_str).unwrap_or("shard-0").to_owned();
        let records = match event.get_mut("Records").map(Value::take) {
            Some(Value::Array(records)) => records,
            _ => Vec::new(),
        };
        let sequences: Vec<Value> = records
            .iter()
            .map(|r| r.pointer("/dynamodb/SequenceNumber").cloned().unwrap_or_default())
            .collect();
        let work = handle(app.clone(), StreamBatch { shard, records });
        Box::pin(async move {
            let done = work.await?;
            let failures: Vec<Value> = sequences
                .get(done)
                .map(|first| serde_json::json!({ "itemIdentifier": first }))
                .into_iter()
                .collect();
            Ok(serde_json::json!({ "state": {}, "batchItemFailures": failures }))
        })
    })
}
