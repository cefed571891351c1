//! Writes the rows of one import chunk.

use application::Ports;
use application::queue_messages::ImportLeads;
use queue_consumer::{Delivery, Handler, Outcome, queue_handler};
use std::sync::Arc;

pub struct App {}

impl App {
    pub fn new(_ports: &Ports) -> Self {
        Self {}
    }
}

pub fn handler(ports: &Ports) -> Handler {
    queue_handler(Arc::new(App::new(ports)), ports.redelivery.clone(), handle)
}

async fn handle(_app: Arc<App>, _message: ImportLeads, _delivery: Delivery) -> Outcome {
    Outcome::Done
}
