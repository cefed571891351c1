//! `POST /api/sequences/{id}/preview`: what a given lead would get, and when, if they did not reply.

use crate::App;
use application::campaign::planning_context::{calendar_of, senders_of};
use application::identity::links::{preview_url, with_dead_links};
use application::lead::preview_links::preview_page;
use application::lead::suppression_lookup::scopes_of;
use application::ports::leads::LeadFile;
use axum::extract::State;
use domain::campaign::{Campaign, CampaignState, WhenMailboxGone};
use domain::contact::channel::Channel;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::forecast::{PlannedOutcome, PlannedStep, forecast_lead};
use domain::lead::Lead;
use domain::message::identity::reply_subject;
use domain::message::sms::{SmsSegments, sms_segments};
use domain::message::whatsapp::fill;
use domain::planning::behaviour::Behaviour;
use domain::sequence::merge_fields::MergeContext;
use domain::sequence::render::{Escaping, render};
use domain::sequence::step_kind::{StepAction, StepType};
use domain::sequence::variant::Words;
use domain::sequence::{Sequence, Step};
use domain::time::time_zone::{ZoneName, ZoneSource};
use domain::workspace::Workspace;
use domain::{CampaignId, LeadId, MessageId, SequenceId, VariantId};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewRequest {
    lead_id: LeadId,
    /// The campaign whose time zone applies if the lead's own is unknown; the workspace's if left out.
    campaign_id: Option<CampaignId>,
    /// Variants to show in place of those that the lead would get.
    #[serde(default)]
    variants: Vec<VariantId>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SequencePreview {
    pub zone: ZoneName,
    pub zone_source: ZoneSource,
    pub steps: Vec<StepPreview>,
    /// How the enrolment ends without a reply; absent if the last step could not go out.
    pub end: Option<EndReason>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StepPreview {
    pub step: u16,
    pub kind: StepType,
    pub at: Option<Timestamp>,
    /// The same time on the lead's local clock: `2027-03-05T09:12`.
    pub local: Option<String>,
    /// Why this step is skipped: `no_email`, `no_phone`, `undeliverable`, `address_suppressed`,
    /// `past_its_date` or `window_never_opens`.
    pub skipped: Option<String>,
    /// Why the lead would be held at this step.
    pub held: Option<HoldReason>,
    /// The result of a wait, goal or branch, such as `waited` or `opened=no`, if the lead does not open,
    /// click or reply.
    pub passed: Option<String>,
    /// The variant that is shown, if the step has several.
    pub variant: Option<VariantId>,
    /// A mail's subject or a task's title.
    pub subject: Option<String>,
    pub text: Option<String>,
    /// The encoding and segments that the SMS is billed by.
    pub sms: Option<SmsSegments>,
    /// Why the text cannot be written for this lead.
    pub error: Option<String>,
}

#[utoipa::path(post, path = "/api/sequences/{id}/preview", operation_id = "preview_sequence",
    params(("id" = SequenceId, Path)), request_body = PreviewRequest, responses((status = 200, body = SequencePreview)))]
pub async fn preview_sequence(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<SequenceId>,
    JsonBody(request): JsonBody<PreviewRequest>,
) -> ApiResult<JsonBody<SequencePreview>> {
    let sequence = app.sequences.get(&caller.workspace, &id).await?;
    let workspace = caller.read_workspace(&*app.workspaces).await?;
    let file = caller.seen(app.leads.file(&caller.workspace, &request.lead_id).await);
    let file = file.map_err(|error| ApiError::from_missing(error, "lead_id", "there is no such lead"))?;
    let campaign = match &request.campaign_id {
        Some(id) => app
            .campaigns
            .get(&caller.workspace, id)
            .await
            .map_err(|error| ApiError::from_missing(error, "campaign_id", "there is no such campaign"))?,
        None => unlaunched(&app, &sequence, &workspace),
    };
    let file = file.in_campaign(&campaign);
    let line = file.opening_line().map(str::to_owned);
    let LeadFile { lead, messages, tasks, .. } = file;
    let listed = app.suppressions.find(&caller.workspace, &scopes_of(&lead)).await?;
    let senders = senders_of(&*app.accounts, &campaign).await?;
    let mut calendar = calendar_of(&workspace, &campaign, &senders);
    if request.campaign_id.is_none() {
        // The accounts are chosen with a campaign, so their absence is no obstacle here.
        calendar.without_account.clear();
    }
    let now = app.clock.now();
    let key = EnrolmentKey {
        workspace: workspace.id.clone(),
        lead: lead.id.clone(),
        campaign: campaign.id.clone(),
    };
    let version = sequence.pinned();
    let enrolled = Enrolment::begin(key.clone(), &version, EnrolmentState::Scheduled, None, now);
    let seen = Behaviour::of(&enrolled, &messages, &tasks);
    let plan = forecast_lead(&version, (&lead, seen), &campaign, &calendar, &listed, now);
    let context = context(&app, (&lead, line.as_deref()), &workspace).await?;
    let clock = plan.zone.zone.zone();
    let (mut steps, mut thread) = (Vec::with_capacity(plan.steps.len()), None);
    for planned in plan.steps {
        let step = &sequence.steps[usize::from(planned.step)];
        let wanted = step.kind.variants().iter().find(|variant| request.variants.contains(&variant.id));
        let words = wanted.map_or_else(|| step.words_for(&key, None), |wanted| step.words_of(wanted));
        steps.push(preview((step, words), &planned, &context, &clock, &mut thread));
    }
    let (zone, zone_source) = (plan.zone.zone, plan.zone.source);
    Ok(JsonBody(SequencePreview { zone, zone_source, steps, end: plan.end.ended() }))
}

/// A campaign that exists only for this preview; its id is always the same, since variants are drawn by it.
fn unlaunched(app: &App, sequence: &Sequence, workspace: &Workspace) -> Campaign {
    let now = app.clock.now();
    Campaign {
        id: CampaignId::derived(Timestamp::UNIX_EPOCH, &[sequence.id.as_str()]),
        workspace: workspace.id.clone(),
        name: sequence.name.clone(),
        state: CampaignState::Draft,
        state_since: now,
        paused_until: None,
        sequence: sequence.id.clone(),
        sequence_version: sequence.version,
        mailboxes: Vec::new(),
        when_mailbox_gone: WhenMailboxGone::Reassign,
        sms_sender: None,
        whatsapp_sender: None,
        zone: workspace.default_zone.clone(),
        lead_tag: None,
        only_verified: false,
        untracked: Default::default(),
        writing: Default::default(),
        promotes_winner: false,
        ab_tests: Default::default(),
        late_answer: None,
        auto_enrol: None,
        owner: None,
        created_at: now,
        launched_at: None,
        rev: 0,
    }
}

async fn context(
    app: &App,
    (lead, line): (&Lead, Option<&str>),
    workspace: &Workspace,
) -> ApiResult<MergeContext> {
    let stores = (&*app.previews, &*app.leads);
    let page = preview_page(stores, &*app.ids, &*app.clock, &workspace.id, &lead.id).await?;
    let own = MergeContext::from_lead(lead, &workspace.company).with_opening_line(line);
    let message = MessageId::derived(&lead.id, &["preview"]);
    Ok(with_dead_links(own, &app.public_url, (&workspace.id, &message))
        .with("preview_url", &preview_url(&app.public_url, &page.token)))
}

fn preview(
    (step, words): (&Step, Words<'_>),
    planned: &PlannedStep,
    context: &MergeContext,
    clock: &TimeZone,
    thread: &mut Option<String>,
) -> StepPreview {
    let (at, skipped, passed, held) = match &planned.outcome {
        PlannedOutcome::SendAt(at) | PlannedOutcome::TaskAt(at) => (Some(*at), None, None, None),
        PlannedOutcome::Passed(at, because) => (Some(*at), None, Some(because.clone()), None),
        PlannedOutcome::Skipped(why) => (None, Some(why.as_str().to_owned()), None, None),
        PlannedOutcome::NeverOpens => (None, Some("window_never_opens".to_owned()), None, None),
        PlannedOutcome::Held(reason) => (None, None, None, Some(*reason)),
    };
    let local = at.map(|at| at.to_zoned(clock.clone()).strftime("%Y-%m-%dT%H:%M").to_string());
    let rendered = |text: &str| render(text, context, Escaping::None).map(Some);
    let (subject, text) = match (step.kind.action(), step.kind.channel()) {
        (StepAction::Send, Some(Channel::Email)) if words.headline.is_empty() => {
            (Ok(thread.as_deref().map(reply_subject)), rendered(words.body))
        }
        (StepAction::Send, Some(Channel::Whatsapp)) => {
            (Ok(None), fill(words.body, context).map(|filled| Some(filled.text)))
        }
        (StepAction::Send, Some(Channel::Sms)) => (Ok(None), rendered(words.body)),
        (StepAction::Send | StepAction::OpenTask(_), _) => (rendered(words.headline), rendered(words.body)),
        (StepAction::Pass | StepAction::End, _) => (Ok(None), Ok(None)),
    };
    let error = subject.as_ref().err().or(text.as_ref().err()).map(ToString::to_string);
    let (subject, text) = (subject.ok().flatten(), text.ok().flatten());
    let opens_thread = step.kind.channel() == Some(Channel::Email) && !words.headline.is_empty();
    if at.is_some() && subject.is_some() && opens_thread {
        thread.clone_from(&subject);
    }
    let is_sms = step.kind.channel() == Some(Channel::Sms);
    let sms = text.as_deref().filter(|_| is_sms).map(sms_segments);
    StepPreview {
        step: planned.step,
        kind: step.kind.step_type(),
        at,
        local,
        skipped,
        passed,
        held,
        variant: words.variant.map(|variant| variant.id.clone()),
        subject,
        text,
        sms,
        error,
    }
}
