//! `/api/settings*` and `/api/team*`: company, connections, suppression, sending, people.

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
