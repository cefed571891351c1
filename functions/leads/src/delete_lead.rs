//! `DELETE /api/leads/{id}`: the lead and all that lies with it. Its sequences end first.

use crate::App;
use application::StoreError;
use axum::extract::State;
use domain::LeadId;
use domain::enrolment::EndReason;
use domain::event::Event;
use http::StatusCode;
use http_api::{ApiResult, Caller, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(delete, path = "/api/leads/{id}", operation_id = "delete_lead", params(("id" = LeadId, Path)),
    responses((status = 204)))]
pub async fn delete_lead(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<StatusCode> {
    app.leads.get(&caller.workspace, &id).await?;
    let event = Event::new("lead_deleted", caller.actor(), app.clock.now());
    app.enrolments.stop(&caller.workspace, &id, EndReason::Removed, &event).await?;
    match app.previews.revoke(&caller.workspace, &id).await {
        Ok(()) | Err(StoreError::NotFound) => {}
        Err(other) => return Err(other.into()),
    }
    app.leads.delete(&caller.workspace, &id, &event).await?;
    Ok(StatusCode::NO_CONTENT)
}
