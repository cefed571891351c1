//! `/api/webhooks/*`: what providers tell us. Verifies over the raw bytes, enqueues, answers.

use application::Ports;
use http_api::Routes;

pub struct App {}

impl App {
    pub fn new(_ports: &Ports) -> Self {
        Self {}
    }
}

pub fn routes() -> Routes<App> {
    Routes::new()
}
