//! Has a model rewrite a user's draft. The new text is offered only if it says nothing that the draft does not.

use crate::ai::ask_model::{AiPorts, Model, NotAsked};
use crate::ports::provider_calls::Prompt;
use crate::ports::store::StoreResult;
use domain::campaign::Campaign;
use domain::message::rewriting::{DraftTexts, Rewrite, accept, question, without_fields};
use domain::spend::AiUse;
use domain::{UserId, WorkspaceId};
use understanding::speaks_to_a_model;

/// The answers that are asked for: one that says too much is asked for once more.
const ANSWERS: usize = 2;

/// Rewrites a draft for a user who waits. `campaign` is the one that the draft belongs to.
pub async fn rewrite_draft(
    ports: &AiPorts,
    (workspace, user): (&WorkspaceId, &UserId),
    campaign: Option<&Campaign>,
    draft: &DraftTexts,
    rewrite: &Rewrite,
) -> StoreResult<Result<DraftTexts, NotAsked>> {
    let model = Model::open(ports, workspace, user).await?;
    let model = match model.and_then(|model| model.for_campaign(campaign)) {
        Ok(model) => model,
        Err(why) => return Ok(Err(why)),
    };
    // The signs of merge fields would be marks of an order; what stands between them is read.
    let readings = |text: &String| [without_fields(text), text.replace("{{", " ").replace("}}", " ")];
    if [&draft.subject, &draft.text].into_iter().flat_map(readings).any(|text| speaks_to_a_model(&text)) {
        return Ok(Err(NotAsked::SpeaksToModel("The draft, or what it quotes,")));
    }
    let style = model.style(AiUse::Rewrite).await?;
    let asked = question(draft, rewrite, &style.text);
    let prompt = Prompt {
        system: asked.system,
        user: asked.user,
        max_tokens: asked.max_tokens,
        schema: Some(("rewritten".to_owned(), asked.schema)),
    };
    let mut turned_down = String::new();
    for _ in 0..ANSWERS {
        let checked = |text: &str| accept(text, draft, rewrite);
        match model.ask(&prompt, (AiUse::Rewrite, &[]), checked).await? {
            Ok(Ok(new)) => return Ok(Ok(new)),
            Ok(Err(why)) => turned_down = why.to_string(),
            Err(why) => return Ok(Err(why)),
        }
        if !model.has_time() {
            break;
        }
    }
    Ok(Err(NotAsked::TurnedDown(turned_down)))
}
