//! Has a model propose an ICP from a description of what is sold, for a user who reads, changes and saves it.

use crate::ai::ask_model::{AiPorts, Model, NotAsked};
use crate::ports::provider_calls::Prompt;
use crate::ports::store::StoreResult;
use domain::icp::proposal::{IcpProposal, accept, question};
use domain::lead::custom_field::CustomFields;
use domain::spend::AiUse;
use domain::{UserId, WorkspaceId};

/// The answers that are asked for: one that cannot be used is asked for once more, if time is left.
const ANSWERS: usize = 2;

/// Proposes an ICP over the workspace's fields. Nothing is saved.
pub async fn propose_icp(
    ports: &AiPorts,
    (workspace, user): (&WorkspaceId, &UserId),
    description: &str,
    fields: &CustomFields,
) -> StoreResult<Result<IcpProposal, NotAsked>> {
    let model = match Model::open(ports, workspace, user).await? {
        Ok(model) => model,
        Err(why) => return Ok(Err(why)),
    };
    let style = model.style(AiUse::IcpProposal).await?;
    let asked = question(description, fields, &style.text);
    let prompt = Prompt {
        system: asked.system,
        user: asked.user,
        max_tokens: asked.max_tokens,
        schema: Some(("icp".to_owned(), asked.schema)),
    };
    let mut turned_down = String::new();
    for _ in 0..ANSWERS {
        let checked = |text: &str| accept(text, fields);
        match model.ask(&prompt, (AiUse::IcpProposal, &[]), checked).await? {
            Ok(Ok(proposal)) => return Ok(Ok(proposal)),
            Ok(Err(why)) => turned_down = why.to_string(),
            Err(why) => return Ok(Err(why)),
        }
        if !model.has_time() {
            break;
        }
    }
    Ok(Err(NotAsked::TurnedDown(turned_down)))
}
