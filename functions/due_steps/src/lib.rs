//! Every minute: finds what is due and enqueues it. Does no work itself.

#[cfg(test)]
mod tests;

use application::due::DueStore;
use application::due_work::enqueue_due;
use application::outbox::Outbox;
use application::{Clock, Ports};
use queue_consumer::{BoxError, Handler, Tick, schedule_handler};
use std::sync::Arc;

pub struct App {
    pub due: Arc<dyn DueStore>,
    pub outbox: Arc<dyn Outbox>,
    pub clock: Arc<dyn Clock>,
}

impl App {
    pub fn new(ports: &impl Ports) -> Self {
        Self { due: ports.due(), outbox: ports.outbox(), clock: ports.clock() }
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    schedule_handler(Arc::new(App::new(ports)), handle)
}

async fn handle(app: Arc<App>, _: Tick) -> Result<(), BoxError> {
    let count = enqueue_due(&*app.due, &*app.outbox, &*app.clock).await?;
    if count > 0 {
        tracing::info!(count, "due work enqueued");
    }
    Ok(())
}
