//! Asks providers what they know about one lead.

#[cfg(test)]
mod tests;

use application::enriching::{Asked, EnrichPorts, enrich};
use application::queue_messages::EnrichLead;
use application::{Ports, StoreError};
use queue_consumer::{Delivery, Handler, Outcome, queue_handler};
use std::sync::Arc;

pub struct App {
    pub ports: EnrichPorts,
}

impl App {
    pub fn new(ports: &impl Ports) -> Self {
        Self { ports: EnrichPorts::from(ports) }
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    queue_handler(Arc::new(App::new(ports)), ports.redelivery(), handle)
}

async fn handle(app: Arc<App>, message: EnrichLead, delivery: Delivery) -> Outcome {
    match enrich(&app.ports, &message, delivery.receive_count <= 1).await {
        Ok(Asked::Settled) => Outcome::Done,
        Ok(Asked::Again { after_seconds, why }) => Outcome::Retry { after_seconds, why },
        Err(StoreError::NotFound) => Outcome::Discard { why: "the workspace or the lead is gone".to_owned() },
        Err(error @ StoreError::Corrupt { .. }) => Outcome::Poison { why: error.to_string() },
        Err(error) => {
            Outcome::Retry { after_seconds: 2u32.pow(delivery.receive_count.min(6)), why: error.to_string() }
        }
    }
}
