//! `POST /api/inbox/{lead_id}/read`: marks a conversation as read.

use crate::App;
use crate::conversation_view::{ConversationView, SeenQuery};
use axum::extract::State;
use domain::LeadId;
use domain::event::EventKind;
use domain::message::conversation::Conversation;
use http_api::{ApiResult, Caller, JsonBody, PathOf, QueryOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/inbox/{lead_id}/read", operation_id = "read_conversation",
    params(("lead_id" = LeadId, Path), SeenQuery), responses((status = 200, body = ConversationView)))]
pub async fn read_conversation(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
    QueryOf(SeenQuery { seen }): QueryOf<SeenQuery>,
) -> ApiResult<JsonBody<ConversationView>> {
    let seen = seen.into();
    let change = |conversation: &mut Conversation| {
        if !conversation.has_more_than(&seen) {
            conversation.unread = 0;
        }
    };
    app.change(&caller, &id, EventKind::ConversationRead, change).await.map(JsonBody)
}
