//! `GET /api/campaigns/{id}/enrolments/{lead}`: where one lead stands, and why nothing, or what, happens next.

use crate::App;
use crate::enrolment_view::EnrolmentView;
use application::courses::{calendar_of, senders_of, text_senders};
use application::mailboxes::{candidates, open_mailboxes};
use application::sending::{domain_bucket, workspace_room};
use application::suppressions::scopes_of;
use axum::extract::State;
use domain::campaign::Campaign;
use domain::condition::Seen;
use domain::connection::Connection;
use domain::enrolment::{Enrolment, EnrolmentKey, EnrolmentState, HoldReason};
use domain::pace::Wish;
use domain::planner::{Check, Decision, PlanInput, plan};
use domain::rotation::choose;
use domain::sequence::{Channel, SequenceVersion, Touch};
use domain::standing::Account;
use domain::time_zone::{ZoneName, ZoneSource};
use domain::workspace::WhenUncertain;
use domain::{CampaignId, LeadId};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EnrolmentWhy {
    pub enrolment: EnrolmentView,
    /// In the order in which they are made before each send; all but the last have passed.
    pub checks: Vec<Check>,
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
        && let Some(account) = account_of(&app, (&campaign, &senders), &version, &enrolment, now).await?
    {
        let mut checks = account_checks(&app, &account, &version, &enrolment, now).await?;
        checks.extend(workspace_room(&*app.limits, &workspace, now).await?);
        let email = lead.email.as_ref().filter(|_| account.settings.mailbox().is_some());
        if let (Some(email), Some(_)) = (email, workspace.caps.domain_per_day) {
            let bucket = domain_bucket(&workspace.id, email.domain());
            let taken = app.limits.taken(&bucket, SignedDuration::from_hours(24), now).await?;
            checks.extend(workspace.caps.domain_room(email.domain(), taken));
        }
        if checks.iter().any(|check| !check.passed) {
            found = otherwise;
        }
        if found.decision == Decision::Send {
            found.checks.extend(checks);
        }
    }
    let uncertain = matches!(enrolment.state, EnrolmentState::Held { reason: HoldReason::Uncertain, .. });
    let afterwards = match (uncertain, workspace.when_uncertain) {
        (false, _) => "",
        (true, WhenUncertain::Hold) => ". What cannot be found out waits for a person's answer",
        (true, WhenUncertain::Resend) => ". What cannot be found out by then is sent again",
    };
    for check in found.checks.iter_mut().filter(|check| !check.passed) {
        check.seen.push_str(afterwards);
    }
    Ok(JsonBody(EnrolmentWhy {
        enrolment: EnrolmentView::of(enrolment, Some(&lead), Some(&version)),
        checks: found.checks,
        zone: found.zone.zone,
        zone_source: found.zone.source,
    }))
}

/// What the present step is sent by: of mailboxes the lead's own, else the one that would be chosen now.
async fn account_of(
    app: &App,
    (campaign, senders): (&Campaign, &[Connection]),
    version: &SequenceVersion,
    enrolment: &Enrolment,
    now: Timestamp,
) -> ApiResult<Option<Connection>> {
    let touch = enrolment.step.as_ref().and_then(|step| version.touch(step));
    let Some(Touch { channel, opening }) = touch else { return Ok(None) };
    if channel != Channel::Email {
        return Ok(text_senders(campaign, senders).remove(&channel));
    }
    let open = open_mailboxes(campaign, senders);
    if let Some(own) = open.iter().find(|mailbox| Some(&mailbox.id) == enrolment.mailbox.as_ref()) {
        return Ok(Some((*own).clone()));
    }
    let candidates = candidates((&*app.breakers, &*app.paces), &open, now).await?;
    let wish = Wish { at: now, opening };
    let chosen = choose(&candidates, &enrolment.key.lead, wish, version.window.week());
    Ok(chosen.map(|chosen| open[chosen].clone()))
}

/// The checks that are made last, before a claim.
async fn account_checks(
    app: &App,
    account: &Connection,
    version: &SequenceVersion,
    enrolment: &Enrolment,
    now: Timestamp,
) -> ApiResult<Vec<Check>> {
    let Connection { workspace, id, .. } = account;
    let (breaker, pace) = (app.breakers.get(workspace, id).await?, app.paces.get(workspace, id).await?);
    let account = Account { connection: account, breaker: breaker.as_ref(), pace: pace.as_ref() };
    let reachable = account.is_reachable(now);
    if !reachable.passed {
        return Ok(vec![reachable]);
    }
    let touch = enrolment.step.as_ref().and_then(|step| version.touch(step));
    let opening = touch.is_some_and(|touch| touch.opening);
    Ok(account.has_room(Wish { at: now, opening }, now).into_iter().collect())
}
