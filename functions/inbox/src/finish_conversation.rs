//! `POST /api/inbox/{lead_id}/done`: closes a conversation. Answers 409 if more has come in than the caller
//! has seen.

use crate::App;
use crate::conversation_view::{ConversationView, SeenQuery};
use axum::extract::State;
use domain::LeadId;
use domain::event::EventKind;
use domain::message::conversation::{Conversation, Folder};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, QueryOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/inbox/{lead_id}/done", operation_id = "finish_conversation",
    params(("lead_id" = LeadId, Path), SeenQuery), responses((status = 200, body = ConversationView)))]
pub async fn finish_conversation(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
    QueryOf(SeenQuery { seen }): QueryOf<SeenQuery>,
) -> ApiResult<JsonBody<ConversationView>> {
    let seen = seen.into();
    let change = |conversation: &mut Conversation| {
        if !conversation.has_more_than(&seen) {
            conversation.folder = Folder::Done;
            conversation.unread = 0;
        }
    };
    let changed = app.change(&caller, &id, EventKind::ConversationDone, change).await?;
    if changed.folder == Folder::Open {
        let detail = "New messages came in since you looked. Read them before you mark this done.";
        return Err(ApiError::conflict("answered_meanwhile", detail));
    }
    Ok(JsonBody(changed))
}
