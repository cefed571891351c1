//! `POST /api/campaigns/{id}/enrolments`: enrols leads in a campaign; a few at once, many by a background
//! job.

use crate::App;
use crate::enrol_check::{MOST_CHECKED, check};
use crate::get_auto_enrol::{LeftOutView, left_out_views};
use application::campaign::capacity_booking::CapacityBookings;
use application::campaign::enrol::{WithMissingValues, enrol_lead, schedule_if_moved_meanwhile};
use application::campaign::enrol_jobs::{Audience, EnrolJob, start_enrol_job};
use application::campaign::planning_context::PlanningContext;
use application::campaign::resume::put_recovery_hint;
use application::lead::filter::{Matching, matching, matching_page};
use axum::extract::State;
use domain::campaign::CampaignState;
use domain::campaign::enrol_progress::EnrolOutcome;
use domain::campaign::enrol_progress::Outcomes;
use domain::campaign::enrol_rules::Entry;
use domain::enrolment::pause::PausedScope;
use domain::lead::filter::LeadFilter;
use domain::lead::stage::StageId;
use domain::{CampaignId, LeadId};
use futures::StreamExt;
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The most leads that are enrolled in the request itself; a job enrols more.
const INLINE: usize = 100;
const MOST_IDS: usize = 1_000;
const AT_ONCE: usize = 8;

/// The leads to enrol: `lead_ids`, or `filter` with the count that the caller saw, including those in
/// `except`. A count that differs by now is answered with 409.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    #[serde(default)]
    lead_ids: Vec<LeadId>,
    filter: Option<LeadFilter>,
    /// Leads that are left out, though the filter matches them.
    #[serde(default)]
    except: Vec<LeadId>,
    expected_count: Option<usize>,
    /// Also enrols leads that lack a value which a text needs; they are held at that step.
    #[serde(default)]
    with_missing_values: bool,
    /// Only tells who would be enrolled; nothing is written. One request checks up to 2,000 leads of a
    /// filter; further requests with the `cursor` of the answer before check the rest.
    #[serde(default)]
    check: bool,
    /// Only with `check`: `next_cursor` of the answer before.
    cursor: Option<String>,
    /// Only with `check`: the most leads to look at in this request, and in each that continues it.
    limit: Option<usize>,
}

#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct EnrolAnswer {
    /// The number of leads that the request selects.
    pub matched: usize,
    /// The number of them that this answer covers.
    pub looked_at: usize,
    pub enrolled: usize,
    /// The leads that were left out, by reason, most frequent first.
    pub left_out: Vec<LeftOutView>,
    /// Every lead that was not enrolled, and why.
    pub skipped: Vec<EnrolSkip>,
    /// The background job that enrols the rest; `GET …/auto-enrol` shows its progress.
    pub job: Option<String>,
    /// Only with `check`: where the next request goes on; none once every lead was looked at.
    pub next_cursor: Option<String>,
    /// Only with `check`: how many of those who would be enrolled have the status won. They would be
    /// contacted all the same.
    pub won: usize,
    /// Like `won`, for leads with the status lost.
    pub lost: usize,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EnrolSkip {
    pub lead_id: LeadId,
    pub reason: EnrolOutcome,
    /// The first missing value, if that is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lacks: Option<String>,
}

#[utoipa::path(post, path = "/api/campaigns/{id}/enrolments", operation_id = "enrol_leads",
    params(("id" = CampaignId, Path)), request_body = EnrolRequest, responses((status = 200, body = EnrolAnswer)))]
pub async fn enrol_leads(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
    JsonBody(mut request): JsonBody<EnrolRequest>,
) -> ApiResult<JsonBody<EnrolAnswer>> {
    let campaign = app.campaigns.get(&caller.workspace, &id).await?;
    if matches!(campaign.state, CampaignState::Completed | CampaignState::Archived) {
        return Err(ApiError::conflict("campaign_closed", "This campaign no longer accepts leads."));
    }
    let asked = request.lead_ids.len();
    request.lead_ids = caller.those_seen(&request.lead_ids).await?;
    if asked > 0 && request.lead_ids.is_empty() {
        return Err(ApiError::invalid("lead_ids", "name no leads of this workspace"));
    }
    if let Some(filter) = request.filter.take_if(|_| !request.check) {
        request.filter = Some(app.lists.pinned(&caller.workspace, caller.leads(), filter).await?);
    }
    let (matched, found) = find_audience(&app, &caller, &request).await?;
    if matched > INLINE && !request.check {
        let except = request.except;
        let whom = request.filter.map_or_else(
            || Audience::Ids(request.lead_ids),
            |filter| Audience::Filter { filter: Box::new(filter), except },
        );
        let (by, at) = (Some(caller.user_or_key()), app.clock.now());
        let job =
            EnrolJob { by, at, whom, with_missing_values: request.with_missing_values, waits_until: None };
        let (blobs, outbox) = (&*app.blobs, &*app.outbox);
        let job = start_enrol_job(blobs, outbox, &*app.ids, &caller.workspace, &id, &job).await?;
        return Ok(JsonBody(EnrolAnswer { matched, job: Some(job), ..EnrolAnswer::default() }));
    }
    let Matching { mut ids, next_cursor, .. } = found;
    ids.sort();
    ids.dedup();
    let missing_values =
        if request.with_missing_values { WithMissingValues::Enrolled } else { WithMissingValues::LeftOut };
    let planning = PlanningContext::of(&app.enrolling, campaign.clone()).await?;
    if request.check {
        let told = check(&app.enrolling, &planning, missing_values, &ids).await?;
        let coming = told.iter().filter(|prospect| prospect.entry.outcome == EnrolOutcome::Enrolled);
        let closed = |status| coming.clone().filter(|prospect| prospect.status == status).count();
        let (looked_at, won, lost) = (ids.len(), closed(StageId::WON), closed(StageId::LOST));
        let told = told.into_iter().map(|prospect| (prospect.lead, prospect.entry)).collect();
        let answer = EnrolAnswer::of(matched, told);
        return Ok(JsonBody(EnrolAnswer { looked_at, next_cursor, won, lost, ..answer }));
    }
    // This hint makes the sweep find leads that stay pending if the campaign is launched meanwhile and this
    // request fails midway.
    let due = &*app.enrolling.due;
    let in_case =
        put_recovery_hint(due, &caller.workspace, PausedScope::Campaign(id), app.clock.now()).await?;
    let answer = enrol(&app, &caller, (&planning, missing_values), matched, ids).await?;
    schedule_if_moved_meanwhile(&*app.campaigns, &*app.outbox, &campaign).await?;
    in_case.over(due).await;
    Ok(JsonBody(answer))
}

async fn find_audience(app: &App, caller: &Caller, request: &EnrolRequest) -> ApiResult<(usize, Matching)> {
    if (request.cursor.is_some() || request.limit.is_some()) && !(request.check && request.filter.is_some()) {
        let field = if request.cursor.is_some() { "cursor" } else { "limit" };
        return Err(ApiError::invalid(field, "is for the check of a filter"));
    }
    let Some(filter) = &request.filter else {
        return match request.lead_ids.len() {
            0 => Err(ApiError::invalid("lead_ids", "choose at least one lead, or give a filter")),
            n if n > MOST_IDS => {
                Err(ApiError::invalid("lead_ids", format!("at most {MOST_IDS} ids; use a filter")))
            }
            n => Ok((n, Matching { total: n, ids: request.lead_ids.clone(), next_cursor: None })),
        };
    };
    if !request.lead_ids.is_empty() {
        return Err(ApiError::invalid("filter", "give ids or a filter, not both"));
    }
    let (except, now) = (&request.except, app.clock.now());
    if except.len() > MOST_IDS {
        return Err(ApiError::invalid("except", format!("are at most {MOST_IDS}")));
    }
    let (lists, workspace) = (&app.lists, (&caller.workspace, caller.leads()));
    let found = if request.check {
        let page = (request.cursor.clone(), check_limit(request)?);
        let found = matching_page(lists, workspace, (filter, except), page, now).await;
        found.map_err(|error| ApiError::of_cursor(error, "cursor"))?
    } else {
        let (total, ids) = matching(lists, workspace, filter, except, INLINE, now).await?;
        Matching { total, ids, next_cursor: None }
    };
    match request.expected_count {
        Some(expected) if expected == found.total => Ok((found.total.saturating_sub(except.len()), found)),
        Some(expected) => {
            let total = found.total;
            let detail =
                format!("{total} leads match now, not {expected}. Review them before you enrol them.");
            Err(ApiError::conflict("count_differs", detail))
        }
        None => Err(ApiError::invalid("expected_count", "is required with a filter")),
    }
}

fn check_limit(request: &EnrolRequest) -> ApiResult<usize> {
    match request.limit {
        None => Ok(MOST_CHECKED),
        Some(limit) if (1..=MOST_CHECKED).contains(&limit) => Ok(limit),
        Some(_) => Err(ApiError::invalid("limit", format!("is from 1 to {MOST_CHECKED}"))),
    }
}

async fn enrol(
    app: &App,
    caller: &Caller,
    (planning, missing_values): (&PlanningContext, WithMissingValues),
    matched: usize,
    ids: Vec<LeadId>,
) -> ApiResult<EnrolAnswer> {
    let bookings = CapacityBookings::of(&app.enrolling, planning);
    let who = caller.user_or_key();
    let (by, among) = ((Some(&who), missing_values), Some(&bookings));
    let each = ids.into_iter().map(|lead| async move {
        let entry = enrol_lead(&app.enrolling, planning, &lead, by, among).await;
        entry.map(|entry| (lead, entry))
    });
    let done: Vec<_> = futures::stream::iter(each).buffered(AT_ONCE).collect().await;
    bookings.save_bookings().await;
    let done = done.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(EnrolAnswer::of(matched, done))
}

impl EnrolAnswer {
    fn of(matched: usize, entries: Vec<(LeadId, Entry)>) -> Self {
        let mut outcomes = Outcomes::new();
        for (_, entry) in &entries {
            *outcomes.entry(entry.outcome).or_default() += 1;
        }
        let looked_at = entries.len();
        let enrolled = entries.iter().filter(|(_, entry)| entry.outcome == EnrolOutcome::Enrolled).count();
        let left_out = left_out_views(&outcomes);
        let skip = |(lead_id, Entry { outcome: reason, lacks })| EnrolSkip { lead_id, reason, lacks };
        let mut skipped: Vec<_> = entries.into_iter().map(skip).collect();
        skipped.retain(|skip| skip.reason != EnrolOutcome::Enrolled);
        Self { matched, looked_at, enrolled, left_out, skipped, ..Self::default() }
    }
}
