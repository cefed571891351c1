//! Every minute: finds what is due and enqueues it.

use application::Ports;
use queue_consumer::{BoxError, Handler, Tick, schedule_handler};
use std::sync::Arc;

pub struct App {}

impl App {
    pub fn new(_ports: &Ports) -> Self {
        Self {}
    }
}

pub fn handler(ports: &Ports) -> Handler {
    schedule_handler(Arc::new(App::new(ports)), handle)
}

async fn handle(_app: Arc<App>, _tick: Tick) -> Result<(), BoxError> {
    Ok(())
}
