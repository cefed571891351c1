//! Asks a language model: for one lead's opening line, grounded in facts, what the writer of an answer wants, or for the
//! draft of a reply to it.

#[cfg(test)]
mod tests;

use application::Ports;
use application::ai::draft_answer::{DraftAnswerPorts, draft_answer};
use application::inbox::read_answer::{ReadAnswerPorts, read_answer};
use application::lead::enrichment::field_ports::Asked;
use application::lead::opening_line::{PersonalizePorts, personalize};
use application::queue_messages::AskModel;
use queue_consumer::{Delivery, Handler, Outcome, queue_handler};
use std::sync::Arc;

application::ports! {
    pub struct App {
        pub ports: PersonalizePorts = PersonalizePorts::new,
        pub reading: ReadAnswerPorts = ReadAnswerPorts::new,
        pub drafting: DraftAnswerPorts = DraftAnswerPorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    queue_handler(Arc::new(App::new(ports)), ports.redelivery(), handle)
}

async fn handle(app: Arc<App>, message: AskModel, delivery: Delivery) -> Outcome {
    let (asked, gone) = match &message {
        AskModel::Personalize(message) => (
            personalize(&app.ports, message, delivery.receive_count <= 1).await,
            "the workspace or the lead is gone",
        ),
        AskModel::Read(message) => {
            (read_answer(&app.reading, message, delivery.receive_count).await, "the workspace is gone")
        }
        AskModel::Draft(message) => {
            (draft_answer(&app.drafting, message, delivery.receive_count).await, "the workspace is gone")
        }
    };
    match asked {
        Ok(Asked::Settled) => Outcome::Done,
        Ok(Asked::Again { after_seconds, why }) => Outcome::Retry { after_seconds, why },
        Err(error) => Outcome::of_store_error(&error, &delivery, gone),
    }
}
