//! Has a model write a sequence from an offer and an ICP, for a user who reads, changes and saves it.

use crate::ai::ask_model::{AiPorts, Model, NotAsked};
use crate::ports::provider_calls::Prompt;
use crate::ports::store::StoreResult;
use domain::sequence::writing::{SequenceWish, WrittenSequence, accept, question};
use domain::spend::AiUse;
use domain::{UserId, WorkspaceId};

/// The answers that are asked for: one that says too much is asked for once more, if time is left.
const ANSWERS: usize = 2;

/// Writes a sequence for a user who waits. Nothing is saved.
pub async fn write_sequence(
    ports: &AiPorts,
    (workspace, user): (&WorkspaceId, &UserId),
    wish: &SequenceWish,
) -> StoreResult<Result<WrittenSequence, NotAsked>> {
    let model = match Model::open(ports, workspace, user).await? {
        Ok(model) => model,
        Err(why) => return Ok(Err(why)),
    };
    let style = model.style(AiUse::Sequence).await?;
    let asked = question(wish, &model.workspace.company.name, &style.text);
    let prompt = Prompt {
        system: asked.system.clone(),
        user: asked.user.clone(),
        max_tokens: asked.max_tokens,
        schema: Some(("sequence".to_owned(), asked.schema.clone())),
    };
    let mut turned_down = String::new();
    for _ in 0..ANSWERS {
        let checked = |text: &str| accept(text, wish, &asked);
        match model.ask(&prompt, (AiUse::Sequence, &[]), checked).await? {
            Ok(Ok(written)) => return Ok(Ok(written)),
            Ok(Err(why)) => turned_down = why.to_string(),
            Err(why) => return Ok(Err(why)),
        }
        if !model.has_time() {
            break;
        }
    }
    Ok(Err(NotAsked::TurnedDown(turned_down)))
}
