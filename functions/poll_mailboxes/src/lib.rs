//! Reads what is new in one connected mailbox, and hands over what belongs to a lead.

use application::mailbox_polling::{PollPorts, Polled, poll_mailbox};
use application::queue_messages::PollMailbox;
use application::{Ports, StoreError};
use queue_consumer::{Delivery, Handler, Outcome, queue_handler};
use std::sync::Arc;

application::ports! {
    pub struct App {
        pub ports: PollPorts = PollPorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    queue_handler(Arc::new(App::new(ports)), ports.redelivery(), handle)
}

async fn handle(app: Arc<App>, message: PollMailbox, delivery: Delivery) -> Outcome {
    match poll_mailbox(&app.ports, &message).await {
        Ok(Polled::Done) => Outcome::Done,
        Ok(Polled::Again { after }) => {
            let after_seconds = u32::try_from(after.as_secs()).unwrap_or(0).clamp(1, 900);
            Outcome::Retry { after_seconds, why: "another function reads the mailbox".to_owned() }
        }
        Err(error @ StoreError::Corrupt { .. }) => Outcome::Poison { why: error.to_string() },
        // The lease has to end before another try can read.
        Err(error) => Outcome::back_off(&delivery, error.in_full()),
    }
}
