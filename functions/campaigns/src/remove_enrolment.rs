//! `POST /api/campaigns/{id}/enrolments/{lead}/remove`: ends one lead's enrolment in one campaign for good.

use crate::App;
use crate::enrolment_view::EnrolmentView;
use application::campaign::unenrol::unenrol;
use axum::extract::State;
use domain::enrolment::key::EnrolmentKey;
use domain::event::{Event, EventKind};
use domain::{CampaignId, LeadId};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use std::sync::Arc;

#[utoipa::path(post, path = "/api/campaigns/{id}/enrolments/{lead}/remove", operation_id = "remove_enrolment",
    params(("id" = CampaignId, Path), ("lead" = LeadId, Path)), responses((status = 200, body = EnrolmentView)))]
pub async fn remove_enrolment(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf((id, lead)): PathOf<(CampaignId, LeadId)>,
) -> ApiResult<JsonBody<EnrolmentView>> {
    let key = EnrolmentKey { workspace: caller.workspace.clone(), lead, campaign: id };
    let now = app.clock.now();
    let event = Event::new(EventKind::EnrolmentEnded, caller.actor(), now).because(key.campaign.as_str());
    let enrolment = unenrol(&*app.enrolments, &key, &event).await?;
    Ok(JsonBody(app.enrolment_view(enrolment).await?))
}
