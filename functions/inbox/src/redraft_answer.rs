//! `POST /api/inbox/drafts/{lead_id}/again`: has the model write another draft, within the user's own cap.

use crate::App;
use crate::answer_draft_view::{AnswerDraftView, DraftRequest, not_waiting};
use application::ai::reply_draft::{Drafted, draft_reply};
use application::inbox::answer_drafts::DraftDecision;
use axum::extract::State;
use domain::LeadId;
use domain::message::answer_draft::DraftStanding;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, not_asked, utoipa};
use std::sync::Arc;

/// The draft before stays where the model gives no other.
#[utoipa::path(post, path = "/api/inbox/drafts/{lead_id}/again", operation_id = "redraft_answer",
    params(("lead_id" = LeadId, Path)), request_body = DraftRequest, responses((status = 200, body = AnswerDraftView),
    (status = 409, description = "There is no other draft; `code` says why.")))]
pub async fn redraft_answer(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
    JsonBody(DraftRequest { message_id }): JsonBody<DraftRequest>,
) -> ApiResult<JsonBody<AnswerDraftView>> {
    let by = caller.signed_in()?.user.clone();
    let (conversation, draft) = app.draft(&caller, (&id, &message_id)).await?;
    let standing = draft.standing(&conversation);
    // Nothing is paid for a draft that could not be offered.
    let is_of_now = conversation.asks_for_answer_to(&message_id);
    if matches!(standing, DraftStanding::Sent(_) | DraftStanding::Outdated(_)) || !is_of_now {
        return Err(not_waiting(standing));
    }
    let user = app.users.get(&caller.workspace, &by).await?;
    let whose = (&caller.workspace, &conversation.lead);
    let new = match draft_reply(&app.ai, &*app.leads, whose, &user).await? {
        Drafted::Text(new) => new,
        Drafted::NothingToAnswer => return Err(ApiError::not_found("draft")),
        Drafted::Not(why) => return Err(not_asked(&why)),
    };
    app.decide(&caller, (&id, &message_id), &DraftDecision::Replace { by, new }).await.map(JsonBody)
}
