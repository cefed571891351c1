//! Turns the table's stream into counters and events.

use application::Ports;
use queue_consumer::{BoxError, Handler, StreamBatch, stream_handler};
use std::sync::Arc;

pub struct App {}

impl App {
    pub fn new(_ports: &Ports) -> Self {
        Self {}
    }
}

pub fn handler(ports: &Ports) -> Handler {
    stream_handler(Arc::new(App::new(ports)), handle)
}

async fn handle(_app: Arc<App>, batch: StreamBatch) -> Result<usize, BoxError> {
    Ok(batch.records.len())
}
