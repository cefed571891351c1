//! `POST /api/inbox/unmatched/{unmatched_id}/link`: says whose an unmatched message is. It is then ingested as if it had
//! matched: it stops what an answer stops, and stands in the lead's conversation a moment later.

use crate::App;
use application::inbox::unmatched::link;
use axum::extract::State;
use domain::message::unmatched::{Link, UnmatchedState};
use domain::{LeadId, MessageId, UnmatchedId};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    lead_id: LeadId,
    /// Whether the sender's address becomes another address of the lead, so that its next messages are matched. Yes if
    /// left out.
    learns_address: Option<bool>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LinkedView {
    pub lead_id: LeadId,
    pub lead_name: String,
    /// The id that the message has in the lead's conversation, once it stands there.
    pub message_id: MessageId,
}

#[utoipa::path(post, path = "/api/inbox/unmatched/{unmatched_id}/link", operation_id = "link_unmatched",
    params(("unmatched_id" = UnmatchedId, Path)), request_body = NewLink,
    responses((status = 202, body = LinkedView)))]
pub async fn link_unmatched(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<UnmatchedId>,
    JsonBody(new): JsonBody<NewLink>,
) -> ApiResult<(StatusCode, JsonBody<LinkedView>)> {
    let reply = app.unmatched(&caller, &id).await?;
    let lead = app.leads.get(&caller.workspace, &new.lead_id).await;
    let lead = lead.map_err(|error| ApiError::from_missing(error, "lead_id", "there is no such lead"))?;
    let order = match reply.state.clone() {
        UnmatchedState::Waiting {} => Link {
            lead: lead.id.clone(),
            learns_address: new.learns_address.unwrap_or(true),
            by: caller.signed_in()?.user.clone(),
            at: app.clock.now(),
        },
        // The request is repeated: its answer may have been lost, or the order to ingest the message.
        UnmatchedState::Linked(link) if link.lead == lead.id && link.by == caller.signed_in()?.user => link,
        UnmatchedState::Linked(_) | UnmatchedState::Dismissed { .. } => {
            return Err(app.decided_before(&reply).await?);
        }
    };
    let which = (&caller.workspace, &id);
    let reply = link(&*app.conversations, &*app.outbox, which, &order).await?;
    if !reply.is_linked_by(&order) {
        return Err(app.decided_before(&reply).await?);
    }
    let linked = LinkedView {
        lead_name: lead.display_name(),
        message_id: MessageId::of_inbound(&lead.id, &reply.external_id),
        lead_id: lead.id,
    };
    Ok((StatusCode::ACCEPTED, JsonBody(linked)))
}
