//! `POST /api/leads/{id}/erase`: erases a lead and everything stored about it, at once and for good.

use crate::App;
use crate::known_lead::refuse_if_merged;
use application::lead::deletion;
use application::ports::store::found;
use axum::extract::State;
use domain::LeadId;
use http::StatusCode;
use http_api::{ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

/// Erases the lead, deleted or not, with everything stored about it. It cannot be restored. A request that failed may
/// be repeated.
#[utoipa::path(post, path = "/api/leads/{id}/erase", operation_id = "erase_lead", params(("id" = LeadId, Path)),
    responses((status = 204)))]
pub async fn erase_lead(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<StatusCode> {
    refuse_if_merged(&id, found(app.deletion.leads.get(&caller.workspace, &id).await)?.as_ref())?;
    deletion::erase_lead(&app.deletion, (&caller.workspace, &id), caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}
