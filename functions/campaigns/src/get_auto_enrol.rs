//! `GET /api/campaigns/{id}/auto-enrol`: who was enrolled in the background and who was left out, and why: by the
//! last automatic enrolment and by the latest enrolment jobs.

use crate::App;
use axum::extract::State;
use domain::CampaignId;
use domain::campaign::auto_enrol::Look;
use domain::campaign::enrol_progress::EnrolOutcome;
use domain::campaign::enrol_progress::{EnrolCount, Outcomes, left_out};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AutoEnrolView {
    /// Leads enrolled automatically today, in the campaign's time zone.
    pub taken_today: u32,
    /// The last automatic enrolment; none before the first.
    pub look: Option<LookView>,
    /// The latest enrolment jobs, newest first.
    pub jobs: Vec<JobView>,
}

/// One run of automatic enrolment. Every lead that matched at that moment is counted in one of these.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LookView {
    pub at: Timestamp,
    pub matched: u32,
    /// Leads that are, or were, enrolled in the campaign.
    pub inside: u32,
    /// Leads that will be enrolled on a later day, when the daily number allows it.
    pub waiting: u32,
    /// Left-out leads by reason, most frequent first.
    pub left_out: Vec<LeftOutView>,
    /// The reason why the filter selects nobody, such as a segment that was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct JobView {
    pub id: String,
    pub started_at: Timestamp,
    /// None while the job still enrols leads.
    pub finished_at: Option<Timestamp>,
    pub enrolled: u32,
    /// Left-out leads by reason, most frequent first.
    pub left_out: Vec<LeftOutView>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LeftOutView {
    pub reason: EnrolOutcome,
    pub people: u32,
}

#[utoipa::path(get, path = "/api/campaigns/{id}/auto-enrol", operation_id = "get_auto_enrol",
    params(("id" = CampaignId, Path)), responses((status = 200, body = AutoEnrolView)))]
pub async fn get_auto_enrol(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
) -> ApiResult<JsonBody<AutoEnrolView>> {
    let campaign = app.campaigns.get(&caller.workspace, &id).await?;
    let jobs = app.auto_enrols.counts(&caller.workspace, &id).await?.into_iter().map(job_view).collect();
    let Some(auto_enrol_state) = app.auto_enrols.get(&caller.workspace, &id).await? else {
        return Ok(JsonBody(AutoEnrolView { taken_today: 0, look: None, jobs }));
    };
    let taken_today = auto_enrol_state.enrolled_on(campaign.day(app.clock.now()));
    let look = auto_enrol_state.look.map(|look| {
        let left_out = left_out_views(&look.left_out);
        let Look { at, matched, inside, waiting, problem, .. } = look;
        LookView { at, matched, inside, waiting, left_out, problem }
    });
    Ok(JsonBody(AutoEnrolView { taken_today, look, jobs }))
}

fn job_view(count: EnrolCount) -> JobView {
    let (enrolled, left_out) = (count.enrolled(), left_out_views(&count.outcomes));
    let EnrolCount { job, started_at, finished_at, .. } = count;
    JobView { id: job, started_at, finished_at, enrolled, left_out }
}

pub fn left_out_views(outcomes: &Outcomes) -> Vec<LeftOutView> {
    left_out(outcomes).into_iter().map(|(reason, people)| LeftOutView { reason, people }).collect()
}
