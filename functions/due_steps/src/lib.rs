//! Every minute: finds what is due and enqueues it. Does no work itself.

#[cfg(test)]
mod tests;

use application::Ports;
use application::due_work::{DuePorts, enqueue_due};
use application::schedules::Schedule;
use queue_consumer::{BoxError, Handler, RunLog, Tick, schedule_handler};
use std::sync::Arc;

application::ports! {
    pub struct App {
        pub ports: DuePorts = DuePorts::from,
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
