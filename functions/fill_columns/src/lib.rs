//! Fills columns: the next page of a run, or the columns of one lead that is new or was changed.

#[cfg(test)]
mod tests;

use application::Ports;
use application::columns::ColumnPorts;
use application::columns::fill_lead::{fill_all, fill_lead};
use application::columns::page::fill_page;
use application::columns::waiting::look_at_actor;
use application::lead::enrichment::field_ports::Asked;
use application::queue_messages::FillColumns;
use queue_consumer::{Delivery, Handler, Outcome, queue_handler};
use std::sync::Arc;

application::ports! {
    pub struct App {
        pub ports: ColumnPorts = ColumnPorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    queue_handler(Arc::new(App::new(ports)), ports.redelivery(), handle)
}

async fn handle(app: Arc<App>, message: FillColumns, delivery: Delivery) -> Outcome {
    let ports = &app.ports;
    let asked = match &message {
        FillColumns::Page { workspace, run, from } => {
            let worker = format!("{}:{}", delivery.message_id, delivery.receive_count);
            fill_page(ports, (workspace, run, *from), &worker).await
        }
        FillColumns::Lead { workspace, lead, cause, changed, at } => {
            fill_lead(ports, (workspace, lead), (*cause, changed, *at)).await
        }
        FillColumns::All { workspace, column, run } => fill_all(ports, (workspace, column, run)).await,
        FillColumns::Actor { .. } => look_at_actor(ports, &message).await,
    };
    match asked {
        Ok(Asked::Settled) => Outcome::Done,
        Ok(Asked::Again { after_seconds, why }) => Outcome::Retry { after_seconds, why },
        Err(error) => Outcome::of_store_error(&error, &delivery, "the workspace or the lead is gone"),
    }
}
