//! The kit that every function off the request path shares: one message of a batch at a time, a named outcome for
//! each, and the entry points of queues, the table's stream and schedules.

mod queue;
mod schedule;
mod stream;

pub use queue::{Delivery, Outcome, batch_handler, queue_handler};
pub use schedule::{RunLog, Tick, schedule_handler, watching_schedule_handler};
pub use stream::{StreamBatch, stream_handler};

use futures::future::BoxFuture;
use serde_json::Value;
use std::sync::Arc;

pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A function as Lambda sees it: an event in, an answer out.
pub type Handler = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<Value, BoxError>> + Send + Sync>;

/// Serves the function under Lambda until it is shut down.
pub async fn run(handler: Handler) -> Result<(), BoxError> {
    let service = lambda_runtime::service_fn(move |event: lambda_runtime::LambdaEvent<Value>| {
        let handler = handler.clone();
        async move { handler(event.payload).await }
    });
    lambda_runtime::run(service).await
}
