//! Writes the rows of an import, one part of a chunk at a time, and counts what a large import would do.

mod check;
#[cfg(test)]
mod tests;

use application::Ports;
use application::imports::check::ImportCheckPorts;
use application::imports::commit::{Committed, ImportCommitPorts, commit_part};
use application::queue_messages::ImportLeads;
use queue_consumer::{Delivery, Handler, Outcome, queue_handler};
use std::sync::Arc;

application::ports! {
    pub struct App {
        pub commit: ImportCommitPorts = ImportCommitPorts::new,
        pub check: ImportCheckPorts = ImportCheckPorts::new,
    }
}

pub fn handler(ports: &impl Ports) -> Handler {
    queue_handler(Arc::new(App::new(ports)), ports.redelivery(), handle)
}

async fn handle(app: Arc<App>, message: ImportLeads, delivery: Delivery) -> Outcome {
    let done = match message {
        ImportLeads::Commit { workspace, import, chunk } => {
            commit_part(&app.commit, &workspace, &import, chunk, 0).await
        }
        ImportLeads::Continue { workspace, import, chunk, part } => {
            commit_part(&app.commit, &workspace, &import, chunk, part).await
        }
        ImportLeads::Check { workspace, import } => check::check(&app, &workspace, &import).await,
    };
    match done {
        Ok(Committed::Done) => Outcome::Done,
        Ok(Committed::TooEarly) => {
            Outcome::Retry { after_seconds: 2, why: "the chunk before is not done".to_owned() }
        }
        Ok(Committed::Gone(why)) => Outcome::Discard { why: why.to_owned() },
        Err(error) => Outcome::of_store_error(&error, &delivery, "the import is gone"),
    }
}
