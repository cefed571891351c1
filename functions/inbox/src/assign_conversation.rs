//! `POST /api/inbox/{lead_id}/assign`: assigns a conversation to a user.

use crate::App;
use crate::conversation_view::ConversationView;
use application::lead::sight::sees_lead;
use axum::extract::State;
use domain::event::EventKind;
use domain::{LeadId, UserId};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// Null removes the assignee.
    assignee: Option<UserId>,
}

#[utoipa::path(post, path = "/api/inbox/{lead_id}/assign", operation_id = "assign_conversation",
    params(("lead_id" = LeadId, Path)), request_body = Assignment,
    responses((status = 200, body = ConversationView)))]
pub async fn assign_conversation(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
    JsonBody(wish): JsonBody<Assignment>,
) -> ApiResult<JsonBody<ConversationView>> {
    if let Some(user) = &wish.assignee {
        let lead = app.leads.get(&caller.workspace, &id).await?;
        let workspace = &caller.workspace;
        if !sees_lead(&*app.lead_access, workspace, user, lead.owner.as_ref()).await? {
            let expected = "is an active member of this workspace who sees the lead";
            return Err(ApiError::invalid("assignee", expected));
        }
    }
    let change = |conversation: &mut domain::message::conversation::Conversation| {
        conversation.assignee.clone_from(&wish.assignee);
    };
    app.change(&caller, &id, EventKind::ConversationAssigned, change).await.map(JsonBody)
}
