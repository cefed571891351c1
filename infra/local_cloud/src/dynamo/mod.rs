//! DynamoDB on an embedded engine: the operations, their capacity, the stream and the expiry of items.

mod batches;
mod capacity;
mod errors;
mod odd;
mod open;
mod reads;
mod schema;
mod streams;
mod streams_api;
mod tables;
mod targets;
mod tokens;
mod transactions;
mod ttl;
mod writes;

use crate::faults::Cancellation;
use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use application::Clock;
use dynoxide::storage::Storage;
use serde_json::json;

pub(crate) use odd::HalfBatch;
pub use streams::{StreamBatch, StreamRecord};

use crate::ledger::Charge;
use crate::wire::{Answer, ServiceError};
use schema::Schemas;
use tokens::Tokens;

/// All tables of one cloud.
pub(crate) struct Dynamo {
    engine: Mutex<Engine>,
    clock: Arc<dyn Clock>,
}

/// The storage with what is remembered about it; it serves one call at a time.
struct Engine {
    storage: Storage,
    schemas: Schemas,
    tokens: Tokens,
    /// The ends of streams that were read to their end; forgotten with the next write.
    ends: HashMap<String, i64>,
}

impl Dynamo {
    /// Runs one operation; the charges apply whether it succeeded or not.
    pub(crate) fn execute(&self, operation: &str, body: &[u8]) -> (Answer, Vec<Charge>) {
        let mut engine = self.engine();
        let engine = &mut *engine;
        let mut charges = Vec::new();
        if !matches!(operation, "GetItem" | "Query" | "Scan" | "BatchGetItem" | "TransactGetItems") {
            engine.ends.clear();
        }
        let answer = match operation {
            "GetItem" => reads::get_item(engine, body, &mut charges),
            "Query" => reads::query(engine, body, &mut charges),
            "Scan" => reads::scan(engine, body, &mut charges),
            "PutItem" => writes::put_item(engine, body, &mut charges),
            "UpdateItem" => writes::update_item(engine, body, &mut charges),
            "DeleteItem" => writes::delete_item(engine, body, &mut charges),
            "BatchGetItem" => batches::batch_get(engine, body, &mut charges),
            "BatchWriteItem" => batches::batch_write(engine, body, &mut charges),
            "TransactWriteItems" => {
                transactions::transact_write(engine, self.clock.now(), body, &mut charges)
            }
            "TransactGetItems" => transactions::transact_get(engine, body, &mut charges),
            _ => tables::execute(engine, operation, body),
        };
        (answer, charges)
    }

    fn engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Permissions an operation needs, each on the ARN it touches.
pub(crate) fn permissions(operation: &str, body: &[u8]) -> Result<Vec<(String, String)>, ServiceError> {
    targets::permissions(operation, body)
}

/// The embedded engine's futures never wait: one poll is the whole run.
fn run<F: Future>(future: F) -> F::Output {
    match pin!(future).as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("the SQLite backend answers within one poll"),
    }
}

/// The answer to a transaction whose first item, or its part of the table, was in use.
pub(crate) fn cancelled(body: &[u8], why: Cancellation) -> ServiceError {
    let (code, message) = match why {
        Cancellation::Conflict => ("TransactionConflict", "Transaction is ongoing for the item"),
        Cancellation::Throttled => (
            "ThrottlingError",
            "Throughput exceeds the current capacity for one or more global secondary indexes.",
        ),
    };
    let items = serde_json::from_slice::<serde_json::Value>(body).ok();
    let count = items.and_then(|body| Some(body["TransactItems"].as_array()?.len())).unwrap_or(1);
    let reason = |at: usize| match at {
        0 => json!({ "Code": code, "Message": message }),
        _ => json!({ "Code": "None" }),
    };
    let codes: Vec<&str> = (0..count).map(|at| if at == 0 { code } else { "None" }).collect();
    let mut error = ServiceError::bad(
        "TransactionCanceledException",
        format!(
            "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
            codes.join(", ")
        ),
    );
    let reasons: Vec<serde_json::Value> = (0..count).map(reason).collect();
    error.extra.insert("CancellationReasons".into(), json!(reasons));
    error
}
