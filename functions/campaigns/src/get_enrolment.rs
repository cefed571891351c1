//! `GET /api/campaigns/{id}/enrolments/{lead}`: where one lead stands, and why nothing, or what, happens next.

use crate::App;
use crate::enrolment_view::EnrolmentView;
use application::connections::choose_connection;
use application::courses::{calendar_of, senders_of};
use application::suppressions::scopes_of;
use axum::extract::State;
use domain::breaker::Health;
use domain::campaign::Campaign;
use domain::condition::Seen;
use domain::connection::{Connection, ConnectionKind};
use domain::enrolment::{Enrolment, EnrolmentKey, EnrolmentState, HoldReason};
use domain::planner::{Check, Decision, PlanInput, plan};
use domain::sequence::{Channel, SequenceVersion};
use domain::time_zone::{ZoneName, ZoneSource};
use domain::workspace::WhenUncertain;
use domain::{CampaignId, LeadId};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::Timestamp;
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
    let now = app.clock.now();
    let seen = Seen::of(&enrolment, &file.messages, &file.tasks);
    let input = PlanInput {
        enrolment: &enrolment,
        version: &version,
        lead: &lead,
        campaign: &campaign,
        calendar: &calendar_of(&workspace, &campaign, &senders),
        sending: &workspace.sending,
        suppressions: &listed,
        seen: &seen,
        now,
    };
    let mut found = plan(&input);
    // Who waits for the provider was put off: what would be without that?
    let at_once = Enrolment { due: None, ..enrolment.clone() };
    let otherwise = plan(&PlanInput { enrolment: &at_once, ..input });
    if otherwise.decision == Decision::Send
        && let Some(check) = provider_takes(&app, &campaign, &version, &enrolment, now).await?
    {
        found = otherwise;
        found.checks.push(check);
    }
    let uncertain = matches!(enrolment.state, EnrolmentState::Held { reason: HoldReason::Uncertain, .. });
    let afterwards = match (uncertain, workspace.when_uncertain) {
        (false, _) => "",
        (true, WhenUncertain::Hold) => ". What cannot be found out waits for a person's answer",
        (true, WhenUncertain::Resend) => ". What cannot be found out by then is sent again",
    };
    let checks = found.checks.into_iter();
    let view = |check: Check| CheckView {
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

/// The check that is made last, before a claim. `None`: its provider was never in trouble, or all is well again.
async fn provider_takes(
    app: &App,
    campaign: &Campaign,
    version: &SequenceVersion,
    enrolment: &Enrolment,
    now: Timestamp,
) -> ApiResult<Option<Check>> {
    let step = enrolment.step.as_ref().and_then(|step| version.step(step));
    let Some(channel) = step.and_then(|step| step.kind.channel()) else { return Ok(None) };
    let chosen = match channel {
        Channel::Email => campaign.mailbox.as_ref(),
        Channel::Sms => campaign.sms_sender.as_ref(),
    };
    let kinds = ConnectionKind::of_channel(channel);
    let connections = &*app.connections;
    let connection = choose_connection(connections, &campaign.workspace, chosen, kinds).await?;
    let Some(Connection { id, name, .. }) = connection else { return Ok(None) };
    let Some(breaker) = app.breakers.get(&campaign.workspace, &id).await? else { return Ok(None) };
    let seen = match breaker.health(now) {
        Health::Works => return Ok(None),
        Health::Down { since, next_try } => {
            format!("{name} takes nothing since {since}; asked again at {next_try}")
        }
        Health::Recovering { since } => {
            format!("{name} is back since {since}; what has waited goes out bit by bit")
        }
    };
    Ok(Some(Check { rule: "provider_takes_messages", passed: false, seen }))
}
