//! Asks providers what they know about one lead.

#[cfg(test)]
mod tests;

use application::Ports;
use application::lead::enrichment::enrich;
use application::lead::enrichment::field_ports::{Asked, EnrichPorts};
use application::queue_messages::EnrichLead;
use queue_consumer::{Delivery, Handler, Outcome, queue_handler};
use std::sync::Arc;

application::ports! {
    pub struct App {
        pub ports: EnrichPorts = EnrichPorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    queue_handler(Arc::new(App::new(ports)), ports.redelivery(), handle)
}

async fn handle(app: Arc<App>, message: EnrichLead, delivery: Delivery) -> Outcome {
    match enrich(&app.ports, &message, delivery.receive_count <= 1).await {
        Ok(Asked::Settled) => Outcome::Done,
        Ok(Asked::Again { after_seconds, why }) => Outcome::Retry { after_seconds, why },
        Err(error) => Outcome::of_store_error(&error, &delivery, "the workspace or the lead is gone"),
    }
}
