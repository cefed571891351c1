//! `POST /api/campaigns/{id}/enrolments/{lead}/skip`: skips the step at which an enrolment is held, and goes
//! on with the next one.

use crate::App;
use crate::enrolment_view::EnrolmentView;
use application::campaign::planning_context::PlanningContext;
use application::campaign::skip_step::skip_held_step;
use axum::extract::State;
use domain::enrolment::EnrolmentState;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::HoldReason;
use domain::{CampaignId, LeadId};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/campaigns/{id}/enrolments/{lead}/skip", operation_id = "skip_step",
    params(("id" = CampaignId, Path), ("lead" = LeadId, Path)), responses((status = 200, body = EnrolmentView)))]
pub async fn skip_step(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf((id, lead)): PathOf<(CampaignId, LeadId)>,
) -> ApiResult<JsonBody<EnrolmentView>> {
    let key = EnrolmentKey { workspace: caller.workspace.clone(), lead, campaign: id };
    let enrolment = app.enrolments.get(&key).await?;
    let skippable = |reason: HoldReason| reason.behaviour().step_may_be_skipped;
    if !matches!(enrolment.state(), EnrolmentState::Held { reason, .. } if skippable(*reason)) {
        let detail = "Only a step that is late, lacks a value or was paused by a user can be skipped.";
        return Err(ApiError::conflict("illegal_move", detail));
    }
    if enrolment.task().is_some() {
        let detail = "The task of this step is open. Complete or cancel it, and the lead continues.";
        return Err(ApiError::conflict("illegal_move", detail));
    }
    let file = app.enrolling.leads.file(&key.workspace, &key.lead).await?;
    if enrolment.present_message().is_some_and(|id| file.is_uncertain(&id)) {
        let detail = "Delivery of this message is uncertain. Wait for the check, or say whether it arrived.";
        return Err(ApiError::conflict("uncertain", detail));
    }
    let campaign = app.campaigns.get(&key.workspace, &key.campaign).await?;
    let planning = PlanningContext::of_enrolment(&app.enrolling, campaign, &enrolment).await?;
    let step = enrolment.step().as_ref().and_then(|step| planning.version.step(step));
    if !step.is_some_and(|step| step.kind.may_be_left_out()) {
        let detail = "Only a message, a task or a wait can be skipped.";
        return Err(ApiError::conflict("illegal_move", detail));
    }
    skip_held_step(&app.enrolling, &planning, enrolment, caller.actor()).await?;
    let left_out = app.enrolments.get(&key).await?;
    Ok(JsonBody(app.enrolment_view(left_out).await?))
}
