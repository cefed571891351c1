//! `POST /api/ai/rewrite`: a draft in other words, by the workspace's language model.

use crate::App;
use application::ai::rewrite::rewrite_draft as rewrite;
use axum::extract::State;
use domain::message::rewriting::{DraftTexts, LONGEST_INSTRUCTION, LONGEST_LANGUAGE, LONGEST_TEXT, Rewrite};
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, axum, not_asked, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RewriteRequest {
    #[serde(default)]
    subject: String,
    text: String,
    rewrite: Rewrite,
}

/// The new text has the names, numbers, links and merge fields of the old one, and no others. Nothing is saved.
#[utoipa::path(post, path = "/api/ai/rewrite", operation_id = "rewrite_draft", request_body = RewriteRequest,
    responses((status = 200, body = DraftTexts), (status = 409, description = "There is no new text; `code` says why.")))]
pub async fn rewrite_draft(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(request): JsonBody<RewriteRequest>,
) -> ApiResult<JsonBody<DraftTexts>> {
    let mut errors = FieldErrors::default();
    errors.text("subject", Some(request.subject.clone()), 300);
    errors.required("text", &request.text, LONGEST_TEXT);
    match &request.rewrite {
        Rewrite::Language { language } => {
            errors.required("rewrite.language", language, LONGEST_LANGUAGE);
        }
        Rewrite::Instruction { text } => {
            errors.required("rewrite.text", text, LONGEST_INSTRUCTION);
        }
        Rewrite::Shorter {} | Rewrite::Friendlier {} | Rewrite::Plainer {} => {}
    }
    errors.finish()?;
    let draft = DraftTexts { subject: request.subject, text: request.text };
    let user = &caller.signed_in()?.user;
    let new = rewrite(&app.ai, (&caller.workspace, user), &draft, &request.rewrite).await?;
    Ok(JsonBody(new.map_err(|why| not_asked(&why))?))
}
