//! `POST /api/ai/rewrite`: a draft in other words, by the workspace's language model.

use crate::App;
use application::ai::rewrite::rewrite_draft as rewrite;
use axum::extract::State;
use domain::CampaignId;
use domain::message::rewriting::{DraftTexts, LONGEST_INSTRUCTION, LONGEST_LANGUAGE, LONGEST_TEXT, Rewrite};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, axum, not_asked, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RewriteRequest {
    #[serde(default)]
    subject: String,
    text: String,
    rewrite: Rewrite,
    /// The campaign that the draft belongs to, whose AI switch and budget hold then, too.
    campaign_id: Option<CampaignId>,
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
    let campaign = match &request.campaign_id {
        Some(id) => {
            let campaign = app.ai.campaigns.get(&caller.workspace, id).await;
            let missing = |error| ApiError::from_missing(error, "campaign_id", "there is no such campaign");
            Some(campaign.map_err(missing)?)
        }
        None => None,
    };
    let draft = DraftTexts { subject: request.subject, text: request.text };
    let user = &caller.signed_in()?.user;
    let new =
        rewrite(&app.ai, (&caller.workspace, user), campaign.as_ref(), &draft, &request.rewrite).await?;
    Ok(JsonBody(new.map_err(|why| not_asked(&why))?))
}
