//! `DELETE /api/views/{id}`: deletes a saved view: the owner's, or a shared one by an admin. Leads are not touched.

use crate::App;
use axum::extract::State;
use domain::LeadViewId;
use domain::event::{Event, EventKind};
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/views/{id}", operation_id = "delete_view",
    params(("id" = LeadViewId, Path)), responses((status = 204)))]
pub async fn delete_view(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadViewId>,
) -> ApiResult<StatusCode> {
    let signed_in = caller.signed_in()?;
    let view = app.lead_views.get(&caller.workspace, &signed_in.user, &id).await?;
    if !view.may_be_changed_by(&signed_in.user, signed_in.role) {
        return Err(ApiError::forbidden());
    }
    let event = Event::new(EventKind::LeadViewDeleted, caller.actor(), app.clock.now());
    app.lead_views.delete(&view, &event).await?;
    Ok(StatusCode::NO_CONTENT)
}
