//! `PUT /api/ai/prompts/{name}`: the workspace's instructions for a prompt, as its next version.

use crate::App;
use crate::prompt_view::PromptView;
use axum::extract::State;
use domain::ai_prompt::{LONGEST_INSTRUCTIONS, PromptVersion, takes_instructions};
use domain::event::{Event, EventKind};
use domain::spend::AiUse;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromptBody {
    /// Style, what to mention, what never to say. Empty: back to the built-in text. An older version is restored by
    /// sending its text.
    instructions: String,
    /// The version that this change is based on; 0 if there is none.
    version: u32,
}

/// Texts that are written from now on follow the new version. Those that are written already stay.
#[utoipa::path(put, path = "/api/ai/prompts/{name}", operation_id = "change_prompt", params(("name" = AiUse, Path)),
    request_body = PromptBody, responses((status = 200, body = PromptView)))]
pub async fn change_prompt(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(name): PathOf<AiUse>,
    JsonBody(body): JsonBody<PromptBody>,
) -> ApiResult<JsonBody<PromptView>> {
    let mut errors = FieldErrors::default();
    let instructions = body.instructions.trim();
    if instructions.chars().count() > LONGEST_INSTRUCTIONS {
        errors.add("instructions", format!("are at most {LONGEST_INSTRUCTIONS} characters"));
    }
    if !takes_instructions(name) {
        errors.add("instructions", "are not taken by this prompt: it sorts answers and writes nothing");
    }
    errors.finish()?;
    let latest = app.prompts.latest(&caller.workspace, name).await?;
    let known = latest.as_ref().map_or(0, |latest| latest.version);
    if known != body.version {
        return Err(ApiError::conflict("changed_meanwhile", "Someone else has changed the instructions."));
    }
    if latest.as_ref().map_or("", |latest| latest.instructions.as_str()) == instructions {
        return Ok(JsonBody(PromptView::of(name, latest)));
    }
    let at = app.clock.now();
    let version = PromptVersion {
        workspace: caller.workspace.clone(),
        prompt: name,
        version: known + 1,
        instructions: instructions.to_owned(),
        by: Some(caller.signed_in()?.user.clone()),
        at,
    };
    app.prompts.add(&version, &Event::new(EventKind::PromptChanged, caller.actor(), at)).await?;
    Ok(JsonBody(PromptView::of(name, Some(version))))
}
