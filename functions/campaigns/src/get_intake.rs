//! `GET /api/campaigns/{id}/intake`: who comes in without somebody watching, and who was left out of it and why: by the last
//! look of an evergreen campaign, and by the latest jobs.

use crate::App;
use axum::extract::State;
use domain::CampaignId;
use domain::campaign::enrol_progress::EnrolOutcome;
use domain::campaign::enrol_progress::{EnrolCount, Outcomes, left_out};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IntakeView {
    /// Taken in today by itself, in the campaign's zone.
    pub taken_today: u32,
    /// None before the first.
    pub look: Option<LookView>,
    /// The latest of those that enrolled people in the background, newest first.
    pub jobs: Vec<JobView>,
}

/// Everybody who matched at that moment is in one of these.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LookView {
    pub at: Timestamp,
    pub matched: u32,
    /// Are, or were, in the campaign.
    pub inside: u32,
    /// Come in when a day has room for them, if nothing is against it then.
    pub waiting: u32,
    /// Most first.
    pub left_out: Vec<LeftOutView>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct JobView {
    pub id: String,
    pub started_at: Timestamp,
    /// None while people are to come.
    pub finished_at: Option<Timestamp>,
    pub enrolled: u32,
    /// Most first.
    pub left_out: Vec<LeftOutView>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LeftOutView {
    pub reason: EnrolOutcome,
    pub people: u32,
}

#[utoipa::path(get, path = "/api/campaigns/{id}/intake", operation_id = "get_intake",
    params(("id" = CampaignId, Path)), responses((status = 200, body = IntakeView)))]
pub async fn get_intake(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
) -> ApiResult<JsonBody<IntakeView>> {
    let campaign = app.campaigns.get(&caller.workspace, &id).await?;
    let jobs = app.intakes.counts(&caller.workspace, &id).await?.into_iter().map(job_view).collect();
    let Some(intake) = app.intakes.get(&caller.workspace, &id).await? else {
        return Ok(JsonBody(IntakeView { taken_today: 0, look: None, jobs }));
    };
    let taken_today = intake.taken_on(campaign.day(app.clock.now()));
    let look = intake.look.map(|look| {
        let left_out = left_out_views(&look.left_out);
        LookView { at: look.at, matched: look.matched, inside: look.inside, waiting: look.waiting, left_out }
    });
    Ok(JsonBody(IntakeView { taken_today, look, jobs }))
}

fn job_view(count: EnrolCount) -> JobView {
    let (enrolled, left_out) = (count.enrolled(), left_out_views(&count.outcomes));
    let EnrolCount { job, started_at, finished_at, .. } = count;
    JobView { id: job, started_at, finished_at, enrolled, left_out }
}

pub fn left_out_views(outcomes: &Outcomes) -> Vec<LeftOutView> {
    left_out(outcomes).into_iter().map(|(reason, people)| LeftOutView { reason, people }).collect()
}
