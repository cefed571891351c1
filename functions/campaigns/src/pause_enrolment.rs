//! `POST /api/campaigns/{id}/enrolments/{lead}/pause`: holds one enrolment until the given end, or until a
//! user resumes it.

use crate::App;
use crate::enrolment_view::EnrolmentView;
use crate::pause_order::PauseOrder;
use application::campaign::pause::pause_enrolment as pause;
use axum::extract::State;
use domain::enrolment::key::EnrolmentKey;
use domain::event::{Event, EventKind};
use domain::{CampaignId, LeadId};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/campaigns/{id}/enrolments/{lead}/pause", operation_id = "pause_enrolment",
    request_body = PauseOrder, params(("id" = CampaignId, Path), ("lead" = LeadId, Path)),
    responses((status = 200, body = EnrolmentView)))]
pub async fn pause_enrolment(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf((id, lead)): PathOf<(CampaignId, LeadId)>,
    JsonBody(order): JsonBody<PauseOrder>,
) -> ApiResult<JsonBody<EnrolmentView>> {
    let now = app.clock.now();
    let until = app.until(&caller.workspace, &order, now).await?;
    let key = EnrolmentKey { workspace: caller.workspace.clone(), lead, campaign: id };
    let event = Event::new(EventKind::EnrolmentHeld, caller.actor(), now).because(key.campaign.as_str());
    let paused = pause((&*app.enrolments, &*app.enrolling.due), &key, until, &event).await?;
    let paused = paused.map_err(|illegal| ApiError::conflict("illegal_move", format!("{illegal}.")))?;
    Ok(JsonBody(app.enrolment_view(paused).await?))
}
