//! `POST /api/campaigns/{id}/enrolments`: puts leads into a campaign; a few at once, many in the background.

use crate::App;
use application::courses::Course;
use application::enrol_jobs::{EnrolJob, Whom, start_enrol_job};
use application::enrolling::{enrol_lead, schedule_if_moved_meanwhile, would_enrol};
use application::lead_filter::matching;
use axum::extract::State;
use domain::campaign::{Campaign, CampaignState};
use domain::enrolling::EnrolOutcome;
use domain::lead_filter::LeadFilter;
use domain::{CampaignId, LeadId};
use futures::StreamExt;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// More are enrolled by a job.
const INLINE: usize = 100;
const MOST_IDS: usize = 1_000;
const AT_ONCE: usize = 8;

/// `lead_ids`, or `filter` with the count that the caller saw, `except` among them: another count is answered with 409.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    #[serde(default)]
    lead_ids: Vec<LeadId>,
    filter: Option<LeadFilter>,
    /// Left out, though the filter matches them.
    #[serde(default)]
    except: Vec<LeadId>,
    expected_count: Option<usize>,
    /// Nobody is enrolled: only says who would be, of the first thousand.
    #[serde(default)]
    check: bool,
}

#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct EnrolAnswer {
    /// How many leads were meant.
    pub matched: usize,
    pub enrolled: usize,
    pub already: usize,
    pub suppressed: usize,
    pub unreachable: usize,
    pub in_other_campaign: usize,
    /// Every lead that was not enrolled, and why.
    pub skipped: Vec<EnrolSkip>,
    /// The rest goes on in the background under this id; `GET …/intake` tells how it goes.
    pub job: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EnrolSkip {
    pub lead_id: LeadId,
    pub reason: EnrolOutcome,
}

#[utoipa::path(post, path = "/api/campaigns/{id}/enrolments", operation_id = "enrol_leads",
    params(("id" = CampaignId, Path)), request_body = EnrolRequest, responses((status = 200, body = EnrolAnswer)))]
pub async fn enrol_leads(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
    JsonBody(request): JsonBody<EnrolRequest>,
) -> ApiResult<JsonBody<EnrolAnswer>> {
    let campaign = app.campaigns.get(&caller.workspace, &id).await?;
    if matches!(campaign.state, CampaignState::Completed | CampaignState::Archived) {
        return Err(ApiError::conflict("campaign_closed", "This campaign takes nobody in any more."));
    }
    let most = if request.check { MOST_IDS } else { INLINE };
    let (matched, mut ids) = whom(&app, &caller, &request, most).await?;
    if matched > INLINE && !request.check {
        let except = request.except;
        let whom = request.filter.map_or_else(
            || Whom::Ids(request.lead_ids),
            |filter| Whom::Filter { filter: Box::new(filter), except },
        );
        let job = EnrolJob { by: Some(caller.user.clone()), at: app.clock.now(), whom };
        let (blobs, outbox) = (&*app.blobs, &*app.outbox);
        let job = start_enrol_job(blobs, outbox, &*app.ids, &caller.workspace, &id, &job).await?;
        return Ok(JsonBody(EnrolAnswer { matched, job: Some(job), ..EnrolAnswer::default() }));
    }
    ids.sort();
    ids.dedup();
    if request.check {
        return Ok(JsonBody(check(&app, &campaign, matched, ids).await?));
    }
    let answer = enrol(&app, &caller, &campaign, matched, ids).await?;
    schedule_if_moved_meanwhile(&*app.campaigns, &*app.outbox, &campaign).await?;
    Ok(JsonBody(answer))
}

async fn whom(
    app: &App,
    caller: &Caller,
    request: &EnrolRequest,
    most: usize,
) -> ApiResult<(usize, Vec<LeadId>)> {
    let Some(filter) = &request.filter else {
        return match request.lead_ids.len() {
            0 => Err(ApiError::invalid("lead_ids", "name at least one lead, or give a filter")),
            n if n > MOST_IDS => {
                Err(ApiError::invalid("lead_ids", format!("at most {MOST_IDS} ids; use a filter")))
            }
            n => Ok((n, request.lead_ids.clone())),
        };
    };
    if !request.lead_ids.is_empty() {
        return Err(ApiError::invalid("filter", "give ids or a filter, not both"));
    }
    let (except, now) = (&request.except, app.clock.now());
    if except.len() > MOST_IDS {
        return Err(ApiError::invalid("except", format!("are at most {MOST_IDS}")));
    }
    let (found, ids) = matching(&*app.leads, &caller.workspace, filter, except, most, now).await?;
    match request.expected_count {
        Some(expected) if expected == found => Ok((found.saturating_sub(except.len()), ids)),
        Some(expected) => {
            let detail =
                format!("{found} leads match now, not {expected}. Look again before you enrol them.");
            Err(ApiError::conflict("count_differs", detail))
        }
        None => Err(ApiError::invalid("expected_count", "is required with a filter")),
    }
}

async fn enrol(
    app: &App,
    caller: &Caller,
    campaign: &Campaign,
    matched: usize,
    ids: Vec<LeadId>,
) -> ApiResult<EnrolAnswer> {
    let course = &Course::of(&app.enrolling, campaign.clone()).await?;
    let each = ids.into_iter().map(|lead| async move {
        let outcome = enrol_lead(&app.enrolling, course, &lead, Some(&caller.user)).await;
        outcome.map(|outcome| (lead, outcome))
    });
    let done: Vec<_> = futures::stream::iter(each).buffered(AT_ONCE).collect().await;
    let mut answer = EnrolAnswer { matched, ..EnrolAnswer::default() };
    for one in done {
        let (lead, outcome) = one?;
        answer.count(lead, outcome);
    }
    Ok(answer)
}

async fn check(app: &App, campaign: &Campaign, matched: usize, ids: Vec<LeadId>) -> ApiResult<EnrolAnswer> {
    let course = Course::of(&app.enrolling, campaign.clone()).await?;
    let mut answer = EnrolAnswer { matched, ..EnrolAnswer::default() };
    for page in ids.chunks(INLINE) {
        for (lead, outcome) in would_enrol(&app.enrolling, &course, page).await? {
            answer.count(lead, outcome);
        }
    }
    Ok(answer)
}

impl EnrolAnswer {
    fn count(&mut self, lead_id: LeadId, reason: EnrolOutcome) {
        match reason {
            EnrolOutcome::Enrolled => {
                self.enrolled += 1;
                return;
            }
            EnrolOutcome::Already => self.already += 1,
            EnrolOutcome::Suppressed | EnrolOutcome::DoNotContact => self.suppressed += 1,
            EnrolOutcome::Unreachable => self.unreachable += 1,
            EnrolOutcome::InOtherCampaign => self.in_other_campaign += 1,
            _ => {}
        }
        self.skipped.push(EnrolSkip { lead_id, reason });
    }
}
