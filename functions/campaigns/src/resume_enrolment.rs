//! `POST /api/campaigns/{id}/enrolments/{lead}/resume`: resumes a held enrolment, planned again from now.

use crate::App;
use crate::enrolment_view::EnrolmentView;
use application::campaign::pause::{CannotResume, resume_enrolment_by_user};
use axum::extract::State;
use domain::enrolment::key::EnrolmentKey;
use domain::event::{Event, EventKind};
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
    let event = Event::new(EventKind::EnrolmentResumed, caller.actor(), app.clock.now());
    let resumed = resume_enrolment_by_user(&app.enrolling, &*app.campaigns, &key, &event).await?;
    let resumed = resumed.map_err(|stays| {
        let code = match stays {
            CannotResume::Uncertain => "uncertain",
            CannotResume::NotHeld => "illegal_move",
        };
        ApiError::conflict(code, stays.to_string())
    })?;
    Ok(JsonBody(app.enrolment_view(resumed).await?))
}
