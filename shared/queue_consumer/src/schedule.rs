//! Schedules: they decide what is due and enqueue it; they do no work themselves.

use crate::{BoxError, Handler};
use jiff::Timestamp;
use serde_json::Value;
use std::future::Future;
use std::sync::Arc;

/// One firing of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// When the schedule meant to fire, if the event says so.
    pub scheduled_at: Option<Timestamp>,
}

pub fn schedule_handler<A, F, Fut>(app: Arc<A>, handle: F) -> Handler
where
    A: Send + Sync + 'static,
    F: Fn(Arc<A>, Tick) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), BoxError>> + Send + 'static,
{
    Arc::new(move |event: Value| {
        let scheduled_at = event.get("time").and_then(Value::as_str).and_then(|text| text.parse().ok());
        let work = handle(app.clone(), Tick { scheduled_at });
        Box::pin(async move {
            work.await?;
            Ok(Value::Null)
        })
    })
}
