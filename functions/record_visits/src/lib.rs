//! Records one visit: an open, a click, or what happened on a preview page. It has a queue of its own, so that replies and
//! opt-outs never wait behind visits.

use application::ingesting::context::{IngestError, IngestPorts};
use application::ingesting::record_visit;
use application::queue_messages::RecordVisit;
use application::{Ports, StoreError};
use queue_consumer::{Delivery, Handler, Outcome, queue_handler};
use std::sync::Arc;

application::ports! {
    pub struct App {
        pub ports: IngestPorts = IngestPorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    queue_handler(Arc::new(App::new(ports)), ports.redelivery(), handle)
}

async fn handle(app: Arc<App>, visit: RecordVisit, delivery: Delivery) -> Outcome {
    match record_visit(&app.ports, &visit).await {
        Ok(()) => Outcome::Done,
        Err(IngestError::Store(error)) if !matches!(error, StoreError::Corrupt { .. }) => {
            Outcome::back_off(&delivery, error.in_full())
        }
        Err(error) => Outcome::Poison { why: error.to_string() },
    }
}
