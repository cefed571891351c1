//! `GET /api/campaigns/{id}/enrolments/{lead}`: where one lead stands, and why nothing, or what, happens next.

use crate::App;
use crate::enrolment_view::EnrolmentView;
use application::courses::{calendar_of, senders_of};
use application::suppressions::scopes_of;
use axum::extract::State;
use domain::condition::Seen;
use domain::enrolment::{EnrolmentKey, EnrolmentState, HoldReason};
use domain::planner::{PlanInput, plan};
use domain::time_zone::{ZoneName, ZoneSource};
use domain::workspace::WhenUncertain;
use domain::{CampaignId, LeadId};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EnrolmentWhy {
    pub enrolment: EnrolmentView,
    /// In the order in which they are made before each send; all but the last have passed.
    pub checks: Vec<CheckView>,
    pub zone: ZoneName,
    pub zone_source: ZoneSource,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CheckView {
    pub rule: String,
    pub passed: bool,
    /// The value that was looked at.
    pub seen: String,
}

#[utoipa::path(get, path = "/api/campaigns/{id}/enrolments/{lead}", operation_id = "get_enrolment",
    params(("id" = CampaignId, Path), ("lead" = LeadId, Path)), responses((status = 200, body = EnrolmentWhy)))]
pub async fn get_enrolment(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf((id, lead)): PathOf<(CampaignId, LeadId)>,
) -> ApiResult<JsonBody<EnrolmentWhy>> {
    let workspace = app.workspaces.get(&caller.workspace).await?;
    let key = EnrolmentKey { workspace: caller.workspace, lead, campaign: id };
    let enrolment = app.enrolments.get(&key).await?;
    let campaign = app.campaigns.get(&key.workspace, &key.campaign).await?;
    let file = app.leads.file(&key.workspace, &key.lead).await?;
    let lead = file.lead;
    let version = app.sequences.version(&key.workspace, &enrolment.sequence, enrolment.version).await?;
    let senders = senders_of(&*app.connections, &campaign).await?;
    let listed = app.suppressions.find(&key.workspace, &scopes_of(&lead)).await?;
    let found = plan(&PlanInput {
        enrolment: &enrolment,
        version: &version,
        lead: &lead,
        campaign: &campaign,
        calendar: &calendar_of(&workspace, &campaign, &senders),
        sending: &workspace.sending,
        suppressions: &listed,
        seen: &Seen::of(&enrolment, &file.messages, &file.tasks),
        now: app.clock.now(),
    });
    let uncertain = matches!(enrolment.state, EnrolmentState::Held { reason: HoldReason::Uncertain, .. });
    let afterwards = match (uncertain, workspace.when_uncertain) {
        (false, _) => "",
        (true, WhenUncertain::Hold) => ". What cannot be found out waits for a person's answer",
        (true, WhenUncertain::Resend) => ". What cannot be found out by then is sent again",
    };
    let checks = found.checks.into_iter();
    let view = |check: domain::planner::Check| CheckView {
        rule: check.rule.to_owned(),
        passed: check.passed,
        seen: if check.passed { check.seen } else { check.seen + afterwards },
    };
    Ok(JsonBody(EnrolmentWhy {
        enrolment: EnrolmentView::of(enrolment, Some(&lead), Some(&version)),
        checks: checks.map(view).collect(),
        zone: found.zone.zone,
        zone_source: found.zone.source,
    }))
}
