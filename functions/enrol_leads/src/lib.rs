//! Enrols leads in a campaign and schedules a launched or resumed one, page by page.

use application::Ports;
use application::queue_messages::EnrolLeads;
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

async fn handle(_app: Arc<App>, _message: EnrolLeads, _delivery: Delivery) -> Outcome {
    Outcome::Done
}
