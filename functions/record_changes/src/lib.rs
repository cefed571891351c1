//! Records what the table's stream brings, within a second, for the lead list and for the log, and tells open pages.

#[cfg(test)]
mod tests;

use application::Ports;
use application::change_log::record::{RecordPorts, record};
use application::push::tell::{TellPorts, tell_pages};
use queue_consumer::{BoxError, Handler, StreamBatch, stream_handler};
use std::sync::Arc;

application::ports! {
    pub struct App {
        pub ports: RecordPorts = RecordPorts::new,
        pub telling: TellPorts = TellPorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    stream_handler(Arc::new(App::new(ports)), handle)
}

async fn handle(app: Arc<App>, batch: StreamBatch) -> Result<usize, BoxError> {
    let news = record(&app.ports, &batch.records).await?;
    // A page reads what is recorded, so it is told afterwards.
    tell_pages(&app.telling, &news).await;
    Ok(batch.records.len())
}
