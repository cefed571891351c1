//! `DELETE /api/leads/{id}`: deletes a lead. It is hidden, its enrolments end, and it can be restored for 30 days.

use crate::App;
use crate::known_lead::refuse_if_merged;
use application::lead::deletion;
use axum::extract::State;
use domain::LeadId;
use http::StatusCode;
use http_api::{ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

/// Deletes the lead: it is in no list any more, and all its enrolments end. `POST /api/leads/{id}/restore` brings it
/// back for 30 days; after that it is erased.
#[utoipa::path(delete, path = "/api/leads/{id}", operation_id = "delete_lead", params(("id" = LeadId, Path)),
    responses((status = 204)))]
pub async fn delete_lead(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<StatusCode> {
    let by = Some(caller.user_or_key());
    let found = deletion::delete_lead(&app.deletion, (&caller.workspace, &id), by).await?;
    refuse_if_merged(&id, found.as_ref())?;
    Ok(StatusCode::NO_CONTENT)
}
