//! Schedules: they decide what is due and enqueue it; they do no work themselves. Each completed run is noted.

use crate::{BoxError, Handler};
use application::ports::schedules::{Schedule, ScheduleStore};
use application::{Clock, Ports};
use jiff::Timestamp;
use serde_json::Value;
use std::future::Future;
use std::sync::Arc;

/// One firing of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// The time at which the schedule meant to fire, if the event tells it.
    pub scheduled_at: Option<Timestamp>,
}

/// The log of a schedule's runs, which the self-check reads.
#[derive(Clone)]
pub struct RunLog {
    schedule: Schedule,
    schedules: Arc<dyn ScheduleStore>,
    clock: Arc<dyn Clock>,
}

impl RunLog {
    pub fn of(schedule: Schedule, ports: &impl Ports) -> Self {
        Self { schedule, schedules: ports.schedules(), clock: ports.clock() }
    }

    /// Notes the run. Its work is done, so a failure to note it is no failure of the run.
    async fn note(&self) {
        if let Err(error) = self.schedules.note_run(self.schedule, self.clock.now()).await {
            tracing::warn!(schedule = self.schedule.as_str(), error = error.in_full(), "a run was not noted");
        }
    }
}

/// Handles a firing. `watch` looks for what the operator must hear of, before the work, which may take all the time there is. What
/// it finds fails the invocation when the work is done and noted, because a function's errors are counted without a price, and an
/// alarm is on them.
pub fn watching_schedule_handler<A, F, Fut, W, Watched>(
    log: RunLog,
    app: Arc<A>,
    handle: F,
    watch: W,
) -> Handler
where
    A: Send + Sync + 'static,
    F: Fn(Arc<A>, Tick) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), BoxError>> + Send + 'static,
    W: Fn(Arc<A>) -> Watched + Send + Sync + 'static,
    Watched: Future<Output = Result<(), BoxError>> + Send + 'static,
{
    let work = schedule_handler(log, app.clone(), handle);
    Arc::new(move |event: Value| {
        let (work, watch) = (work(event), watch(app.clone()));
        Box::pin(async move {
            let watched = watch.await;
            let done = work.await?;
            watched.map(|()| done)
        })
    })
}

pub fn schedule_handler<A, F, Fut>(log: RunLog, app: Arc<A>, handle: F) -> Handler
where
    A: Send + Sync + 'static,
    F: Fn(Arc<A>, Tick) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), BoxError>> + Send + 'static,
{
    Arc::new(move |event: Value| {
        let scheduled_at = event.get("time").and_then(Value::as_str).and_then(|text| text.parse().ok());
        let work = handle(app.clone(), Tick { scheduled_at });
        let log = log.clone();
        Box::pin(async move {
            work.await?;
            log.note().await;
            Ok(Value::Null)
        })
    })
}
