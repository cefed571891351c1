//! `/api/imports*` and `/api/leads/import`: files of leads, from upload to result.

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
