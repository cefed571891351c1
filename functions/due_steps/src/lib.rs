//! Runs every minute: finds due work and enqueues it. Does no work itself.

#[cfg(test)]
mod tests;

use application::Ports;
use application::ports::schedules::Schedule;
use application::sending::due_tick::{DuePorts, enqueue_due};
use queue_consumer::{BoxError, Handler, RunLog, Tick, schedule_handler};
use std::sync::Arc;

application::ports! {
    pub struct App {
        pub ports: DuePorts = DuePorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    schedule_handler(RunLog::of(Schedule::DueSteps, ports), Arc::new(App::new(ports)), handle)
}

async fn handle(app: Arc<App>, _: Tick) -> Result<(), BoxError> {
    let count = enqueue_due(&app.ports).await?;
    if count > 0 {
        tracing::info!(count, "due work enqueued");
    }
    Ok(())
}
