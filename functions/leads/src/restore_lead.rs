//! `POST /api/leads/{id}/restore`: brings a deleted lead back.

use crate::App;
use crate::lead_view::{LeadView, read_view};
use application::lead::deletion;
use axum::extract::State;
use domain::LeadId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

/// Restores a deleted lead as it was, with what came from it meanwhile. Its enrolments stay ended. A lead that is not
/// deleted stays as it is.
#[utoipa::path(post, path = "/api/leads/{id}/restore", operation_id = "restore_lead",
    params(("id" = LeadId, Path)), responses((status = 200, body = LeadView)))]
pub async fn restore_lead(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<JsonBody<LeadView>> {
    deletion::restore_lead(&app.deletion, (&caller.workspace, &id), Some(caller.user_or_key())).await?;
    Ok(JsonBody(read_view(&app, &caller.workspace, &id).await?))
}
