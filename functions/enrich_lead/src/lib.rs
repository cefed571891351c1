//! Asks providers: what they know about one lead, and what the columns of a run or a lead are filled with.

#[cfg(test)]
mod tests;

use application::Ports;
use application::columns::ColumnPorts;
use application::columns::fill_lead::{fill_all, fill_lead};
use application::columns::page::fill_page;
use application::columns::waiting::look_at_actor;
use application::lead::enrichment::enrich;
use application::lead::enrichment::field_ports::{Asked, EnrichPorts};
use application::queue_messages::{EnrichmentJob, FillColumns};
use queue_consumer::{Delivery, Handler, Outcome, queue_handler};
use std::sync::Arc;

application::ports! {
    pub struct App {
        pub ports: EnrichPorts = EnrichPorts::new,
        pub columns: ColumnPorts = ColumnPorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    queue_handler(Arc::new(App::new(ports)), ports.redelivery(), handle)
}

async fn handle(app: Arc<App>, message: EnrichmentJob, delivery: Delivery) -> Outcome {
    let asked = match &message {
        EnrichmentJob::Enrich(message) => enrich(&app.ports, message, delivery.receive_count <= 1).await,
        EnrichmentJob::Fill(FillColumns::Page { workspace, run, from }) => {
            let worker = format!("{}:{}", delivery.message_id, delivery.receive_count);
            fill_page(&app.columns, (workspace, run, *from), &worker).await
        }
        EnrichmentJob::Fill(FillColumns::Lead { workspace, lead, cause, changed, at }) => {
            fill_lead(&app.columns, (workspace, lead), (*cause, changed, *at)).await
        }
        EnrichmentJob::Fill(FillColumns::All { workspace, column, run }) => {
            fill_all(&app.columns, (workspace, column, run)).await
        }
        EnrichmentJob::Fill(message @ FillColumns::Actor { .. }) => {
            look_at_actor(&app.columns, message).await
        }
    };
    match asked {
        Ok(Asked::Settled) => Outcome::Done,
        Ok(Asked::Again { after_seconds, why }) => Outcome::Retry { after_seconds, why },
        Err(error) => Outcome::of_store_error(&error, &delivery, "the workspace or the lead is gone"),
    }
}
