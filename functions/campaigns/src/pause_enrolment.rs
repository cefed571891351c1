//! `POST /api/campaigns/{id}/enrolments/{lead}/pause`: holds one lead until somebody resumes it.

use crate::App;
use crate::enrolment_view::EnrolmentView;
use axum::extract::State;
use domain::enrolment::{EnrolmentKey, HoldReason};
use domain::event::Event;
use domain::{CampaignId, LeadId};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/campaigns/{id}/enrolments/{lead}/pause", operation_id = "pause_enrolment",
    params(("id" = CampaignId, Path), ("lead" = LeadId, Path)), responses((status = 200, body = EnrolmentView)))]
pub async fn pause_enrolment(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf((id, lead)): PathOf<(CampaignId, LeadId)>,
) -> ApiResult<JsonBody<EnrolmentView>> {
    let key = EnrolmentKey { workspace: caller.workspace.clone(), lead, campaign: id };
    let mut enrolment = app.enrolments.get(&key).await?;
    let now = app.clock.now();
    let held = enrolment.hold(HoldReason::PausedByUser, None, now);
    held.map_err(|illegal| ApiError::conflict("illegal_move", format!("{illegal}.")))?;
    let event = Event::new("enrolment_held", caller.actor(), now).because(key.campaign.as_str());
    enrolment.rev = app.enrolments.save(&enrolment, &event).await?;
    Ok(JsonBody(app.enrolment_view(enrolment).await?))
}
