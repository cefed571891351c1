//! Folds what `record_changes` has recorded of one workspace, into blocks of leads and log files. It takes as long as it takes, and
//! neither the stream nor another workspace waits for it.

#[cfg(test)]
mod tests;

use application::change_log::fold::{FoldPorts, fold_daily, fold_until};
use application::ports::outbox::{Outbox, send_all};
use application::queue_messages::FoldChanges;
use application::{Ports, StoreError};
use jiff::SignedDuration;
use queue_consumer::{Delivery, Handler, Outcome, queue_handler};
use std::sync::Arc;

/// The time in which steps begin. What is left goes behind the workspaces that wait. The function itself may run for 15 minutes.
const TIME: SignedDuration = SignedDuration::from_mins(1);

application::ports! {
    pub struct App {
        pub outbox: Arc<dyn Outbox>,
        pub ports: FoldPorts = FoldPorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    queue_handler(Arc::new(App::new(ports)), ports.redelivery(), handle)
}

async fn handle(app: Arc<App>, order: FoldChanges, delivery: Delivery) -> Outcome {
    let until = app.ports.clock.now().saturating_add(TIME).unwrap_or(jiff::Timestamp::MAX);
    let folded = match order.is_daily {
        true => fold_daily(&app.ports, &order.workspace, until).await,
        false => fold_until(&app.ports, &order.workspace, until).await,
    };
    match folded {
        Ok(folded) if folded.is_done => Outcome::Done,
        Ok(_) => {
            let rest = FoldChanges { is_daily: false, ..order };
            match send_all(&*app.outbox, &[rest], 0).await {
                Ok(()) => Outcome::Done,
                Err(error) => Outcome::back_off(&delivery, error.in_full()),
            }
        }
        // Another one folds the workspace, and goes on until all is folded.
        Err(StoreError::Conflict) => Outcome::Done,
        Err(error @ StoreError::NotFound) => Outcome::back_off(&delivery, error.in_full()),
        Err(error) => Outcome::of_store_error(&error, &delivery, "the workspace is gone"),
    }
}
