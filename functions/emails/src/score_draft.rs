//! `POST /api/ai/score`: how good a mail is before it is sent, and why. It is made of rules, and works without a model.

use domain::message::draft_score::{DraftScore, score_mail};
use http_api::{ApiResult, Caller, FieldErrors, JsonBody, utoipa};
use serde::Deserialize;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreRequest {
    #[serde(default)]
    subject: String,
    text: String,
}

#[utoipa::path(post, path = "/api/ai/score", operation_id = "score_draft", request_body = ScoreRequest,
    responses((status = 200, body = DraftScore)))]
pub async fn score_draft(
    _caller: Caller,
    JsonBody(request): JsonBody<ScoreRequest>,
) -> ApiResult<JsonBody<DraftScore>> {
    let mut errors = FieldErrors::default();
    errors.text("subject", Some(request.subject.clone()), 300);
    errors.text("text", Some(request.text.clone()), 20_000);
    errors.finish()?;
    Ok(JsonBody(score_mail(&request.subject, &request.text)))
}
