//! Tries instructions that are not saved yet. The model is asked once, as it would be asked with them in force, and the
//! user sees the finished prompt, the answer, the verdict of the check and the cost. No version is stored, and nothing is
//! sent; the call is paid for and capped like any other.

use crate::ai::ask_model::{AiPorts, Model, NotAsked};
use crate::ai::reply_draft::{campaign_of, last_message, reply_prompt, typed_prompt};
use crate::lead::opening_line::{MAX_TOKENS, known_facts};
use crate::ports::leads::LeadStore;
use crate::ports::provider_calls::Prompt;
use crate::ports::store::StoreResult;
use domain::ai_prompt::{PromptPart, built_in_text, style_text};
use domain::lead::enrichment::CitedFact;
use domain::lead::opening_line::{check, prompt, thin_facts};
use domain::message::reply_draft::{self, ReplyQuestion};
use domain::spend::{AiUse, Usd};
use domain::workspace::user::User;
use domain::{LeadId, WorkspaceId};

/// What instructions are tried on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromptTest {
    /// The opening line of a lead.
    OpeningLine(LeadId),
    /// The answer to the last message of a lead.
    Conversation(LeadId),
    /// The answer to a text, as if a lead without a name had written it.
    TypedText(String),
}

impl PromptTest {
    pub fn prompt(&self) -> AiUse {
        match self {
            Self::OpeningLine(_) => AiUse::OpeningLine,
            Self::Conversation(_) | Self::TypedText(_) => AiUse::ReplyDraft,
        }
    }
}

/// The finished prompt, what the model answered, and what the check says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptTrial {
    /// Our rules.
    pub rules: String,
    /// What stands behind the rules: house voice with instructions, tone and context.
    pub added: Vec<String>,
    /// What the model is told: facts, offer, conversation.
    pub told: Vec<PromptPart>,
    /// The text that the model wrote, also where it was turned down: a user tries instructions to see what they do.
    pub answer: String,
    /// The reason why the text would not be used.
    pub turned_down: Option<String>,
    /// The facts that an accepted opening line rests on.
    pub facts: Vec<CitedFact>,
    pub model: String,
    pub cost: Usd,
}

/// What came of a trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    Answered(Box<PromptTrial>),
    /// No model is asked about this lead, and messages have the default text.
    TooLittleKnown,
    /// The lead has written nothing yet that could be answered.
    NothingToAnswer,
    Not(NotAsked),
}

/// Tries these instructions for a user who waits.
pub async fn try_prompt(
    ports: &AiPorts,
    leads: &dyn LeadStore,
    (workspace, user): (&WorkspaceId, &User),
    instructions: &str,
    test: &PromptTest,
) -> StoreResult<Tried> {
    let model = match Model::open(ports, workspace, &user.id).await? {
        Ok(model) => model,
        Err(why) => return Ok(Tried::Not(why)),
    };
    let style = style_text(&model.workspace.house_voice, instructions);
    match test {
        PromptTest::OpeningLine(id) => {
            let known = known_facts(leads, &leads.get(workspace, id).await?).await?;
            if thin_facts(&known.facts) {
                return Ok(Tried::TooLittleKnown);
            }
            let asked = prompt(&known.facts, &style);
            let schema = Some(("first_line".to_owned(), asked.schema));
            let asked = Prompt { system: asked.system, user: asked.user, max_tokens: MAX_TOKENS, schema };
            let told = known
                .facts
                .iter()
                .map(|fact| PromptPart { what: format!("Fact {}", fact.number), text: fact.text.clone() });
            let checked = |answer: &str| match check::accept(answer, &known.facts) {
                Ok(line) => Ok((line.text, line.facts)),
                Err(why) => Err((
                    check::parse(answer).map_or_else(|_| answer.to_owned(), |answer| answer.line),
                    why.to_string(),
                )),
            };
            answer(&model, (test, id.as_str()), (&asked, told.collect()), checked).await
        }
        PromptTest::Conversation(id) => {
            let file = leads.file(workspace, id).await?;
            let Some(answered) = last_message(&file) else { return Ok(Tried::NothingToAnswer) };
            let campaign = campaign_of(&*ports.campaigns, &file, answered).await?;
            let model = match model.for_campaign(campaign.as_ref()) {
                Ok(model) => model,
                Err(why) => return Ok(Tried::Not(why)),
            };
            let how = (&model.workspace, style.as_str(), user.name.as_str());
            match reply_prompt(&file, &answered.id, how, campaign.as_ref()) {
                Ok(asked) => reply(&model, (test, id.as_str()), (&asked.prompt, &asked.question)).await,
                Err(why) => Ok(Tried::Not(why)),
            }
        }
        PromptTest::TypedText(text) => {
            let how = (&model.workspace, style.as_str(), user.name.as_str());
            match typed_prompt(text, how, ports.clock.now()) {
                Ok(asked) => reply(&model, (test, "typed"), (&asked.prompt, &asked.question)).await,
                Err(why) => Ok(Tried::Not(why)),
            }
        }
    }
}

async fn reply(
    model: &Model<'_>,
    work: (&PromptTest, &str),
    (asked, question): (&Prompt, &ReplyQuestion),
) -> StoreResult<Tried> {
    let checked = |answer: &str| match reply_draft::accept(answer, question) {
        Ok(text) => Ok((text, Vec::new())),
        Err(why) => Err((reply_draft::parse(answer).unwrap_or_else(|_| answer.to_owned()), why.to_string())),
    };
    answer(model, work, (asked, question.told.clone()), checked).await
}

/// Asks once. `checked` gives the text with its facts, or the text with the reason why it is turned down.
async fn answer(
    model: &Model<'_>,
    (test, about): (&PromptTest, &str),
    (asked, told): (&Prompt, Vec<PromptPart>),
    checked: impl FnOnce(&str) -> Result<(String, Vec<CitedFact>), (String, String)>,
) -> StoreResult<Tried> {
    let prompt = test.prompt();
    let (checked, cost) = match model.ask_and_price(asked, (prompt, &["trial", about]), checked).await? {
        Ok(answered) => answered,
        Err(why) => return Ok(Tried::Not(why)),
    };
    let rules = built_in_text(prompt);
    let added = asked.system.strip_prefix(&rules).unwrap_or_default();
    let added = added.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let (answer, facts, turned_down) = match checked {
        Ok((text, facts)) => (text, facts, None),
        Err((text, why)) => (text, Vec::new(), Some(why)),
    };
    let model = model.name().to_owned();
    let trial = PromptTrial { rules, added, told, answer, turned_down, facts, model, cost };
    Ok(Tried::Answered(Box::new(trial)))
}
