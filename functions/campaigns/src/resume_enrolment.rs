//! `POST /api/campaigns/{id}/enrolments/{lead}/resume`: what is held goes on, planned again from now.

use crate::App;
use crate::enrolment_view::EnrolmentView;
use application::courses::Course;
use application::enrolling::{Scheduling, resume_enrolment as resume};
use application::pausing::take_back_pause;
use axum::extract::State;
use domain::enrolment::{EnrolmentKey, EnrolmentState, HoldReason};
use domain::event::Event;
use domain::{CampaignId, LeadId};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/campaigns/{id}/enrolments/{lead}/resume", operation_id = "resume_enrolment",
    params(("id" = CampaignId, Path), ("lead" = LeadId, Path)), responses((status = 200, body = EnrolmentView)))]
pub async fn resume_enrolment(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf((id, lead)): PathOf<(CampaignId, LeadId)>,
) -> ApiResult<JsonBody<EnrolmentView>> {
    let key = EnrolmentKey { workspace: caller.workspace.clone(), lead, campaign: id };
    let enrolment = app.enrolments.get(&key).await?;
    if matches!(
        enrolment.state,
        EnrolmentState::Claimed { .. }
            | EnrolmentState::Held { reason: HoldReason::Uncertain | HoldReason::OutOfOffice, .. }
    ) {
        let event = Event::new("enrolment_resumed", caller.actor(), app.clock.now());
        if let Some(enrolment) = take_back_pause(&*app.enrolments, &key, &event).await? {
            return Ok(JsonBody(app.enrolment_view(enrolment).await?));
        }
    }
    // Sending again what may have arrived is never done blindly: evidence or the deadline decides.
    if matches!(enrolment.state, EnrolmentState::Held { reason: HoldReason::Uncertain, .. }) {
        let detail =
            "Nobody knows yet whether the last message went out. It is found out, or a person answers.";
        return Err(ApiError::conflict("uncertain", detail));
    }
    let campaign = app.campaigns.get(&key.workspace, &key.campaign).await?;
    let course = Course::of_enrolment(&app.enrolling, campaign, &enrolment).await?;
    if resume(&app.enrolling, &course, enrolment).await? == Scheduling::LeftAlone {
        return Err(ApiError::conflict("illegal_move", "Only what is held can be resumed."));
    }
    let resumed = app.enrolments.get(&key).await?;
    Ok(JsonBody(app.enrolment_view(resumed).await?))
}
