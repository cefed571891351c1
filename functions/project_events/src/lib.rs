//! Projects the table's stream into counters and events.

#[cfg(test)]
mod tests;

use application::Ports;
use application::projection::stream::{ProjectPorts, project};
use queue_consumer::{BoxError, Handler, StreamBatch, stream_handler};
use std::sync::Arc;

application::ports! {
    pub struct App {
        pub ports: ProjectPorts = ProjectPorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    stream_handler(Arc::new(App::new(ports)), handle)
}

async fn handle(app: Arc<App>, batch: StreamBatch) -> Result<usize, BoxError> {
    project(&app.ports, &batch.shard, &batch.records).await
}
