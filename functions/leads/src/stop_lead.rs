//! `POST /api/leads/{id}/stop`: ends all enrolments of a lead; nothing automatic is sent from now on.

use crate::App;
use axum::extract::State;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::{CampaignId, LeadId};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Stopped {
    /// The campaigns in which the lead was active.
    pub ended: Vec<CampaignId>,
}

#[utoipa::path(post, path = "/api/leads/{id}/stop", operation_id = "stop_lead", params(("id" = LeadId, Path)),
    responses((status = 200, body = Stopped)))]
pub async fn stop_lead(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<LeadId>,
) -> ApiResult<JsonBody<Stopped>> {
    app.leads.get(&caller.workspace, &id).await?;
    let event = Event::new(EventKind::LeadStopped, caller.actor(), app.clock.now());
    let ended = app.enrolments.stop(&caller.workspace, &id, EndReason::Removed, &event).await?;
    Ok(JsonBody(Stopped { ended }))
}
