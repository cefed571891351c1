//! `POST /api/inbox/{lead_id}/done` and `…/reopen`: from one folder to the other.

use crate::App;
use crate::conversation_view::ConversationView;
use axum::extract::State;
use domain::LeadId;
use domain::conversation::Folder;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/inbox/{lead_id}/done", operation_id = "finish_conversation",
    params(("lead_id" = LeadId, Path)), responses((status = 200, body = ConversationView)))]
pub async fn finish_conversation(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<JsonBody<ConversationView>> {
    let change = |conversation: &mut domain::conversation::Conversation| {
        conversation.folder = Folder::Done;
        conversation.unread = 0;
    };
    app.change(&caller, &id, "conversation_done", change).await.map(JsonBody)
}

#[utoipa::path(post, path = "/api/inbox/{lead_id}/reopen", operation_id = "reopen_conversation",
    params(("lead_id" = LeadId, Path)), responses((status = 200, body = ConversationView)))]
pub async fn reopen_conversation(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<JsonBody<ConversationView>> {
    let change = |conversation: &mut domain::conversation::Conversation| {
        conversation.folder = Folder::Open;
    };
    app.change(&caller, &id, "conversation_reopened", change).await.map(JsonBody)
}
