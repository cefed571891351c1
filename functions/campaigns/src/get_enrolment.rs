//! `GET /api/campaigns/{id}/enrolments/{lead}`: one lead's enrolment, what happens next, and what prevents
//! it.

use crate::App;
use crate::enrolment_view::EnrolmentView;
use application::campaign::why::ExplainContext;
use axum::extract::State;
use domain::enrolment::key::EnrolmentKey;
use domain::planning::check::Check;
use domain::planning::next_action::NextAction;
use domain::time::time_zone::{ZoneName, ZoneSource};
use domain::{CampaignId, LeadId};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EnrolmentWhy {
    pub enrolment: EnrolmentView,
    /// The checks in the order in which they run before each send; all but the last have passed.
    pub checks: Vec<Check>,
    pub next: NextAction,
    pub zone: ZoneName,
    pub zone_source: ZoneSource,
}

#[utoipa::path(get, path = "/api/campaigns/{id}/enrolments/{lead}", operation_id = "get_enrolment",
    params(("id" = CampaignId, Path), ("lead" = LeadId, Path)), responses((status = 200, body = EnrolmentWhy)))]
pub async fn get_enrolment(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf((id, lead)): PathOf<(CampaignId, LeadId)>,
) -> ApiResult<JsonBody<EnrolmentWhy>> {
    let key = EnrolmentKey { workspace: caller.workspace, lead, campaign: id };
    let enrolment = app.enrolments.get(&key).await?;
    let campaign = app.campaigns.get(&key.workspace, &key.campaign).await?;
    let file = app.leads.file(&key.workspace, &key.lead).await?;
    let version = app.sequences.version(&key.workspace, enrolment.sequence(), enrolment.version()).await?;
    let context = ExplainContext::of(&app.why, &key.workspace, &file.lead).await?;
    let why = context.explain(&file, &enrolment, &campaign, &version);
    Ok(JsonBody(EnrolmentWhy {
        enrolment: EnrolmentView::of(enrolment, &file.lead, Some(&version)),
        checks: why.checks,
        next: why.next,
        zone: why.zone.zone,
        zone_source: why.zone.source,
    }))
}
