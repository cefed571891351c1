//! `POST /api/inbox/{lead_id}/read`: somebody has seen it.

use crate::App;
use crate::conversation_view::ConversationView;
use axum::extract::State;
use domain::LeadId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/inbox/{lead_id}/read", operation_id = "read_conversation",
    params(("lead_id" = LeadId, Path)), responses((status = 200, body = ConversationView)))]
pub async fn read_conversation(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<JsonBody<ConversationView>> {
    app.change(&caller, &id, "conversation_read", |conversation| conversation.unread = 0).await.map(JsonBody)
}
