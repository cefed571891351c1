//! Has a model draft the answer to a lead's last message, for a user who reads, changes and sends it.

use crate::ai::ask_model::{AiPorts, Model, NotAsked};
use crate::ai::hostile_texts::without_orders;
use crate::ports::leads::LeadStore;
use crate::ports::provider_calls::Prompt;
use crate::ports::store::StoreResult;
use domain::message::Direction;
use domain::message::reply_draft::{MOST_MESSAGES, Said, accept, question};
use domain::spend::AiUse;
use domain::workspace::user::User;
use domain::{LeadId, WorkspaceId};
use understanding::{said_in, speaks_to_a_model};

/// The answers that are asked for: one that says too much is asked for once more.
const ANSWERS: usize = 2;

/// What came of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drafted {
    Text(String),
    /// The lead has written nothing yet that could be answered.
    NothingToAnswer,
    Not(NotAsked),
}

/// Drafts an answer for a user who waits.
pub async fn draft_reply(
    ports: &AiPorts,
    leads: &dyn LeadStore,
    (workspace, id): (&WorkspaceId, &LeadId),
    user: &User,
) -> StoreResult<Drafted> {
    let file = leads.file(workspace, id).await?;
    let mut messages = file.messages;
    messages.sort_by_key(|message| message.created_at);
    let ours: Vec<String> = messages
        .iter()
        .filter(|message| message.direction == Direction::Out)
        .map(|message| message.text.clone())
        .collect();
    let ours: Vec<&str> = ours.iter().map(String::as_str).collect();
    let Some(last) = messages.iter().rposition(|message| message.direction == Direction::In) else {
        return Ok(Drafted::NothingToAnswer);
    };
    let said: Vec<Said> = messages[(last + 1).saturating_sub(MOST_MESSAGES)..=last]
        .iter()
        .map(|message| match message.direction {
            Direction::Out => Said { by_us: true, text: message.text.clone() },
            Direction::In => Said { by_us: false, text: said_in(&message.text, &ours) },
        })
        .collect();
    let model = match Model::open(ports, workspace, &user.id).await? {
        Ok(model) => model,
        Err(why) => return Ok(Drafted::Not(why)),
    };
    let is_order = |said: &Said| !said.by_us && speaks_to_a_model(&said.text);
    if said.last().is_some_and(is_order) {
        return Ok(Drafted::Not(NotAsked::SpeaksToModel("The lead's message")));
    }
    let said: Vec<Said> = said.into_iter().filter(|said| !is_order(said)).collect();
    let lead = without_orders(&file.lead, None).lead;
    let settings = &model.workspace;
    let style = model.style(AiUse::ReplyDraft).await?;
    let asked = question(&lead, &settings.company, &user.name, &said, &style.text);
    let prompt = Prompt {
        system: asked.system.clone(),
        user: asked.user.clone(),
        max_tokens: asked.max_tokens,
        schema: Some(("reply".to_owned(), asked.schema.clone())),
    };
    let mut turned_down = String::new();
    for _ in 0..ANSWERS {
        let checked = |text: &str| accept(text, &asked);
        match model.ask(&prompt, (AiUse::ReplyDraft, &[id.as_str()]), checked).await? {
            Ok(Ok(text)) => return Ok(Drafted::Text(text)),
            Ok(Err(why)) => turned_down = why.to_string(),
            Err(why) => return Ok(Drafted::Not(why)),
        }
    }
    Ok(Drafted::Not(NotAsked::TurnedDown(turned_down)))
}
