//! Asks for a draft of the answer to what a lead has written, where the workspace wants it.

use crate::ingesting::context::IngestPorts;
use crate::ports::outbox::send_all;
use crate::ports::store::StoreResult;
use crate::queue_messages::DraftAnswer;
use domain::message::Message;
use domain::message::understanding::Understanding;

/// Queues the question to the model. Nothing waits for it, and a repeat makes no second draft.
pub(super) async fn ask_for_draft(
    ports: &IngestPorts,
    message: &Message,
    understood: &Understanding,
) -> StoreResult<()> {
    if !understood.asks_for_answer() {
        return Ok(());
    }
    if !ports.workspaces.get(&message.workspace).await?.ai_drafts_answers {
        return Ok(());
    }
    let order = DraftAnswer { workspace: message.workspace.clone(), answered: message.id.clone() };
    send_all(&*ports.outbox, &[order], 0).await
}
