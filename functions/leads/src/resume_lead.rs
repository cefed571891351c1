//! `POST /api/leads/{id}/resume`: resumes one lead in every campaign in which a user has paused it.

use crate::App;
use crate::lead_moves::LeadMoved;
use application::lead::pause_lead::resume_lead as resume;
use axum::extract::State;
use domain::LeadId;
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/leads/{id}/resume", operation_id = "resume_lead", params(("id" = LeadId, Path)),
    responses((status = 200, body = LeadMoved)))]
pub async fn resume_lead(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<JsonBody<LeadMoved>> {
    let lead = app.leads.get(&caller.workspace, &id).await?;
    let by = (&caller.actor(), app.clock.now());
    let resumed = resume(&app.enrolling, &*app.campaigns, &lead, by).await?;
    Ok(JsonBody(app.lead_moved(&caller.workspace, resumed).await?))
}
