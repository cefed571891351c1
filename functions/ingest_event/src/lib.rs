//! Takes in one event from outside, such as a reply, a bounce, a click or a payment, and applies its effects.

use application::ingesting::context::{IngestError, IngestPorts};
use application::ingesting::ingest;
use application::queue_messages::IngestEvent;
use application::{Ports, StoreError};
use queue_consumer::{Delivery, Handler, Outcome, queue_handler};
use std::sync::Arc;

application::ports! {
    pub struct App {
        pub ports: IngestPorts = IngestPorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    queue_handler(Arc::new(App::new(ports)), ports.redelivery(), handle)
}

/// Retries an event that comes before what it is about. The interval is long enough that the message is not
/// received so often that it goes to the dead letters.
const LOOKS_AGAIN_SECONDS: u32 = 600;

async fn handle(app: Arc<App>, event: IngestEvent, delivery: Delivery) -> Outcome {
    match ingest(&app.ports, &event).await {
        Ok(()) => Outcome::Done,
        Err(error @ IngestError::Unreadable(_)) => Outcome::Discard { why: error.to_string() },
        Err(error @ IngestError::Store(StoreError::Corrupt { .. })) => {
            Outcome::Poison { why: error.to_string() }
        }
        Err(error @ IngestError::Early(_)) => {
            Outcome::Retry { after_seconds: LOOKS_AGAIN_SECONDS, why: error.to_string() }
        }
        Err(IngestError::Store(error)) => Outcome::back_off(&delivery, error.in_full()),
    }
}

#[cfg(test)]
mod tests;
