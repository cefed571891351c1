//! `POST /api/ai/prompts/{name}/try`: tries instructions that are not saved, on a lead, its conversation or a typed text.

use crate::App;
use application::ai::try_prompt::{PromptTest, PromptTrial, Tried, try_prompt as try_it};
use axum::extract::State;
use domain::LeadId;
use domain::ai_prompt::{LONGEST_INSTRUCTIONS, PromptPart};
use domain::lead::enrichment::CitedFact;
use domain::message::reply_draft::LONGEST_MESSAGE;
use domain::spend::{AiUse, Usd};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, PathOf, axum, not_asked, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromptTrialBody {
    /// The instructions to try; empty for the built-in text alone.
    instructions: String,
    /// The lead whose opening line is written, or whose last message is answered.
    #[serde(default)]
    lead_id: Option<LeadId>,
    /// A text that is answered in place of a lead's conversation.
    #[serde(default)]
    text: Option<String>,
}

/// The finished prompt, and what came of it. Nothing of it is stored.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PromptTrialView {
    /// Our rules.
    pub rules: String,
    /// What stands behind the rules: house voice and instructions, and a campaign's tone and context.
    pub added: Vec<String>,
    /// What the model was told: facts, offer, conversation.
    pub told: Vec<PromptPart>,
    /// What the model wrote, also where it would not be used.
    pub answer: String,
    /// The reason why it would not be used; left out if it would.
    pub turned_down: Option<String>,
    /// The facts that an opening line rests on.
    pub facts: Vec<CitedFact>,
    pub model: String,
    /// The cost in millionths of a dollar.
    pub cost: Usd,
}

/// The call is booked and capped like any other. No version is stored, and nothing is sent.
#[utoipa::path(post, path = "/api/ai/prompts/{name}/try", operation_id = "try_prompt", params(("name" = AiUse, Path)),
    request_body = PromptTrialBody, responses((status = 200, body = PromptTrialView),
    (status = 409, description = "No model was asked; `code` says why.")))]
pub async fn try_prompt(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(name): PathOf<AiUse>,
    JsonBody(body): JsonBody<PromptTrialBody>,
) -> ApiResult<JsonBody<PromptTrialView>> {
    let user = app.users.get(&caller.workspace, &caller.signed_in()?.user).await?;
    let (instructions, test) = read(name, body)?;
    let missing = |error| ApiError::from_missing(error, "lead_id", "is not a lead of this workspace");
    if let PromptTest::OpeningLine(lead) | PromptTest::Conversation(lead) = &test {
        caller.seen(app.leads.get(&caller.workspace, lead).await).map_err(missing)?;
    }
    let whose = (&caller.workspace, &user);
    match try_it(&app.ai, &*app.leads, whose, &instructions, &test).await.map_err(missing)? {
        Tried::Answered(trial) => Ok(JsonBody(PromptTrialView::from(*trial))),
        Tried::TooLittleKnown => Err(ApiError::conflict(
            "too_little_known",
            "Too little is known about this lead, so no model is asked and its mails have the default text.",
        )),
        Tried::NothingToAnswer => {
            Err(ApiError::conflict("nothing_to_answer", "The lead has not written anything yet."))
        }
        Tried::Not(why) => Err(not_asked(&why)),
    }
}

fn read(name: AiUse, body: PromptTrialBody) -> ApiResult<(String, PromptTest)> {
    let PromptTrialBody { instructions, lead_id, text } = body;
    let mut errors = FieldErrors::default();
    let instructions = instructions.trim().to_owned();
    if instructions.chars().count() > LONGEST_INSTRUCTIONS {
        errors.add("instructions", format!("are at most {LONGEST_INSTRUCTIONS} characters"));
    }
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > LONGEST_MESSAGE) {
        errors.add("text", format!("is at most {LONGEST_MESSAGE} characters"));
    }
    let test = match (name, lead_id, text) {
        (AiUse::OpeningLine, Some(lead), None) => Some(PromptTest::OpeningLine(lead)),
        (AiUse::ReplyDraft, Some(lead), None) => Some(PromptTest::Conversation(lead)),
        (AiUse::ReplyDraft, None, Some(text)) => Some(PromptTest::TypedText(text)),
        (AiUse::OpeningLine, None, _) => {
            errors.add("lead_id", "is needed: an opening line is written for a lead");
            None
        }
        (AiUse::OpeningLine, Some(_), Some(_)) => {
            errors.add("text", "is left out: an opening line answers nothing");
            None
        }
        (AiUse::ReplyDraft, None, None) => {
            errors.add("text", "is needed, or a lead whose last message is answered");
            None
        }
        (AiUse::ReplyDraft, Some(_), Some(_)) => {
            errors.add("text", "is left out where a lead's last message is answered");
            None
        }
        _ => {
            errors.add("name", "cannot be tried: only opening_line and reply_draft can");
            None
        }
    };
    errors.finish()?;
    Ok((instructions, test.expect("without a test there was an error")))
}

impl From<PromptTrial> for PromptTrialView {
    fn from(trial: PromptTrial) -> Self {
        let PromptTrial { rules, added, told, answer, turned_down, facts, model, cost } = trial;
        Self { rules, added, told, answer, turned_down, facts, model, cost }
    }
}
