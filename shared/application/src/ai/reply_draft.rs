//! Has a model draft the answer to a lead's last message. A user reads, changes and sends it, whether the user asked for
//! it or it was made when the message came (`draft_answer.rs`).

use crate::ai::ask_model::{AiPorts, Model, NotAsked};
use crate::ai::hostile_texts::without_orders;
use crate::ports::campaigns::CampaignStore;
use crate::ports::leads::{LeadFile, LeadStore};
use crate::ports::provider_calls::Prompt;
use crate::ports::store::{StoreResult, found};
use domain::ai_prompt::WrittenWith;
use domain::campaign::Campaign;
use domain::lead::Lead;
use domain::lead::opening_line::LookedUp;
use domain::message::reply_draft::{MOST_MESSAGES, ReplyQuestion, Said, accept, question};
use domain::message::{Direction, Message};
use domain::spend::{AiUse, Usd};
use domain::workspace::Workspace;
use domain::workspace::user::User;
use domain::{CampaignId, LeadId, MessageId, WorkspaceId};
use jiff::Timestamp;
use understanding::{said_in, speaks_to_a_model};

/// The answers that are asked for: one that says too much is asked for once more.
pub(super) const ANSWERS: usize = 2;

/// A text that a model wrote and that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftedText {
    pub text: String,
    pub written_with: WrittenWith,
    pub cost: Usd,
}

/// What came of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drafted {
    Text(DraftedText),
    /// The lead has written nothing yet that could be answered.
    NothingToAnswer,
    Not(NotAsked),
}

/// What is asked of a model for an answer: the prompt, and the question that its answer is checked against.
pub(super) struct ReplyPrompt {
    pub question: ReplyQuestion,
    pub prompt: Prompt,
}

/// The lead's last message, if there is one.
pub(super) fn last_message(file: &LeadFile) -> Option<&Message> {
    let inbound = file.messages.iter().filter(|message| message.direction == Direction::In);
    inbound.max_by_key(|message| message.created_at)
}

/// Returns the campaign that the conversation belongs to, in which its last message is answered.
pub fn campaign_of_conversation(file: &LeadFile) -> Option<&CampaignId> {
    last_message(file).and_then(|answered| campaign_before(file, answered))
}

/// Returns the campaign of our latest message of a campaign before the lead's. Messages by hand in between leave it there.
fn campaign_before<'a>(file: &'a LeadFile, answered: &Message) -> Option<&'a CampaignId> {
    let before = file
        .messages
        .iter()
        .filter(|message| message.campaign.is_some() && message.created_at < answered.created_at);
    before.max_by_key(|message| message.created_at).and_then(|ours| ours.campaign.as_ref())
}

/// Reads the campaign that the conversation belongs to. A deleted one is none.
pub(super) async fn campaign_of(
    campaigns: &dyn CampaignStore,
    file: &LeadFile,
    answered: &Message,
) -> StoreResult<Option<Campaign>> {
    match campaign_before(file, answered) {
        Some(id) => found(campaigns.get(&file.lead.workspace, id).await),
        None => Ok(None),
    }
}

/// Makes the prompt for the answer to a message of the lead, unless it gives orders to a model. `signer` signs it, and the
/// campaign that the lead answers gives it its tone and context.
pub(super) fn reply_prompt(
    file: &LeadFile,
    answered: &MessageId,
    (workspace, style, signer): (&Workspace, &str, &str),
    campaign: Option<&Campaign>,
) -> Result<ReplyPrompt, NotAsked> {
    let mut messages: Vec<&Message> = file.messages.iter().collect();
    messages.sort_by_key(|message| message.created_at);
    let last = messages.iter().position(|message| message.id == *answered);
    let until = last.map_or(messages.len(), |last| last + 1);
    let ours = messages.iter().filter(|message| message.direction == Direction::Out);
    let ours: Vec<&str> = ours.map(|message| message.text.as_str()).collect();
    let said: Vec<Said> = messages[until.saturating_sub(MOST_MESSAGES)..until]
        .iter()
        .map(|message| match message.direction {
            Direction::Out => Said { by_us: true, text: message.text.clone() },
            Direction::In => Said { by_us: false, text: said_in(&message.text, &ours) },
        })
        .collect();
    let is_order = |said: &Said| !said.by_us && speaks_to_a_model(&said.text);
    if said.last().is_some_and(is_order) {
        return Err(NotAsked::SpeaksToModel("The lead's message"));
    }
    let said: Vec<Said> = said.into_iter().filter(|said| !is_order(said)).collect();
    let lead = without_orders(&file.lead, LookedUp::default()).lead;
    let how = (style, campaign.map(|campaign| &campaign.writing));
    Ok(prompt_of(question(&lead, &workspace.company, signer, &said, how)))
}

/// Makes the prompt for the answer to a text, as if a lead without a name had written it, in no campaign.
pub(super) fn typed_prompt(
    text: &str,
    (workspace, style, signer): (&Workspace, &str, &str),
    at: Timestamp,
) -> Result<ReplyPrompt, NotAsked> {
    if speaks_to_a_model(text) {
        return Err(NotAsked::SpeaksToModel("The text"));
    }
    let lead = Lead::blank(LeadId::derived(at, &["typed"]), workspace.id.clone(), at);
    let said = [Said { by_us: false, text: text.to_owned() }];
    Ok(prompt_of(question(&lead, &workspace.company, signer, &said, (style, None))))
}

fn prompt_of(question: ReplyQuestion) -> ReplyPrompt {
    let prompt = Prompt {
        system: question.system.clone(),
        user: question.user.clone(),
        max_tokens: question.max_tokens,
        schema: Some(("reply".to_owned(), question.schema.clone())),
    };
    ReplyPrompt { question, prompt }
}

/// Drafts an answer for a user who waits.
pub async fn draft_reply(
    ports: &AiPorts,
    leads: &dyn LeadStore,
    (workspace, id): (&WorkspaceId, &LeadId),
    user: &User,
) -> StoreResult<Drafted> {
    let file = leads.file(workspace, id).await?;
    let Some(answered) = last_message(&file) else { return Ok(Drafted::NothingToAnswer) };
    let campaign = campaign_of(&*ports.campaigns, &file, answered).await?;
    let model = Model::open(ports, workspace, &user.id).await?;
    let model = match model.and_then(|model| model.for_campaign(campaign.as_ref())) {
        Ok(model) => model,
        Err(why) => return Ok(Drafted::Not(why)),
    };
    let style = model.style(AiUse::ReplyDraft).await?;
    let how = (&model.workspace, style.text.as_str(), user.name.as_str());
    let asked = match reply_prompt(&file, &answered.id, how, campaign.as_ref()) {
        Ok(asked) => asked,
        Err(why) => return Ok(Drafted::Not(why)),
    };
    let (mut turned_down, mut cost) = (String::new(), Usd::ZERO);
    for _ in 0..ANSWERS {
        let checked = |text: &str| accept(text, &asked.question);
        let work: (AiUse, &[&str]) = (AiUse::ReplyDraft, &[id.as_str()]);
        let (checked, price) = match model.ask_and_price(&asked.prompt, work, checked).await? {
            Ok(answer) => answer,
            Err(why) => return Ok(Drafted::Not(why)),
        };
        cost = cost + price;
        match checked {
            Ok(text) => {
                let written_with = style.written_by(model.name());
                return Ok(Drafted::Text(DraftedText { text, written_with, cost }));
            }
            Err(why) => turned_down = why.to_string(),
        }
        if !model.has_time() {
            break;
        }
    }
    Ok(Drafted::Not(NotAsked::TurnedDown(turned_down)))
}
