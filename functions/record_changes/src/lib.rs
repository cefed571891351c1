//! Records what the table's stream brings, within a second, for the lead list and for the log.

#[cfg(test)]
mod tests;

use application::Ports;
use application::change_log::record::{RecordPorts, record};
use queue_consumer::{BoxError, Handler, StreamBatch, stream_handler};
use std::sync::Arc;

application::ports! {
    pub struct App {
        pub ports: RecordPorts = RecordPorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    stream_handler(Arc::new(App::new(ports)), handle)
}

async fn handle(app: Arc<App>, batch: StreamBatch) -> Result<usize, BoxError> {
    record(&app.ports, &batch.records).await
}
