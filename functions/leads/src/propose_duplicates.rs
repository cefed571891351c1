//! `POST /api/leads/duplicates/propose`: proposes a dismissed group again.

use crate::App;
use crate::dismiss_duplicates::GroupOfLeads;
use axum::extract::State;
use domain::event::{Event, EventKind};
use http::StatusCode;
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use std::sync::Arc;

/// Undoes the dismissal of a group.
#[utoipa::path(post, path = "/api/leads/duplicates/propose", operation_id = "propose_duplicates",
    request_body = GroupOfLeads, responses((status = 204)))]
pub async fn propose_duplicates(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(group): JsonBody<GroupOfLeads>,
) -> ApiResult<StatusCode> {
    let event = Event::new(EventKind::DuplicatesProposed, caller.actor(), app.clock.now());
    let group = group.parse()?;
    app.duplicates.dismissed_duplicates.propose_again(&caller.workspace, &group, &event).await?;
    Ok(StatusCode::NO_CONTENT)
}
