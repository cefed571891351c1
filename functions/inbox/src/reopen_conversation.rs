//! `POST /api/inbox/{lead_id}/reopen`: moves a conversation back to the open ones.

use crate::App;
use crate::conversation_view::ConversationView;
use axum::extract::State;
use domain::LeadId;
use domain::event::EventKind;
use domain::message::conversation::{Conversation, Folder};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/inbox/{lead_id}/reopen", operation_id = "reopen_conversation",
    params(("lead_id" = LeadId, Path)), responses((status = 200, body = ConversationView)))]
pub async fn reopen_conversation(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<JsonBody<ConversationView>> {
    let change = |conversation: &mut Conversation| {
        conversation.folder = Folder::Open;
    };
    app.change(&caller, &id, EventKind::ConversationReopened, change).await.map(JsonBody)
}
