//! Has a model write one lead's opening line, grounded in facts.

#[cfg(test)]
mod tests;

use application::Ports;
use application::lead::enrichment::field_ports::Asked;
use application::lead::opening_line::{PersonalizePorts, personalize};
use application::queue_messages::PersonalizeLead;
use queue_consumer::{Delivery, Handler, Outcome, queue_handler};
use std::sync::Arc;

application::ports! {
    pub struct App {
        pub ports: PersonalizePorts = PersonalizePorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    queue_handler(Arc::new(App::new(ports)), ports.redelivery(), handle)
}

async fn handle(app: Arc<App>, message: PersonalizeLead, delivery: Delivery) -> Outcome {
    match personalize(&app.ports, &message, delivery.receive_count <= 1).await {
        Ok(Asked::Settled) => Outcome::Done,
        Ok(Asked::Again { after_seconds, why }) => Outcome::Retry { after_seconds, why },
        Err(error) => Outcome::of_store_error(&error, &delivery, "the workspace or the lead is gone"),
    }
}
