//! `POST /api/inbox/drafts/{lead_id}/refuse`: takes a draft off the list. The conversation waits as before.

use crate::App;
use crate::answer_draft_view::{AnswerDraftView, DraftRequest};
use application::inbox::answer_drafts::DraftDecision;
use axum::extract::State;
use domain::LeadId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/inbox/drafts/{lead_id}/refuse", operation_id = "refuse_answer_draft",
    params(("lead_id" = LeadId, Path)), request_body = DraftRequest, responses((status = 200, body = AnswerDraftView)))]
pub async fn refuse_answer_draft(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
    JsonBody(DraftRequest { message_id }): JsonBody<DraftRequest>,
) -> ApiResult<JsonBody<AnswerDraftView>> {
    app.decide(&caller, (&id, &message_id), &DraftDecision::Refuse).await.map(JsonBody)
}
