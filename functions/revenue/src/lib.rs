//! `/api/clients*` and `/api/revenue*`: who pays, how much, how it moves.

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
