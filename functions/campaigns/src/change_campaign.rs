//! `PATCH /api/campaigns/{id}`: changes name, accounts and automatic enrolment at any time, the sequence only
//! in a draft.

use crate::App;
use crate::campaign_view::CampaignView;
use application::campaign::auto_enrol::start_look;
use application::campaign::planning_context::senders_of;
use application::campaign::resume::{put_recovery_hint, schedule_waiting};
use application::lead::campaign_line::write_lines;
use axum::extract::State;
use domain::campaign::auto_enrol_rule::AutoEnrolRule;
use domain::campaign::writing::CampaignWriting;
use domain::campaign::{Campaign, CampaignState, WhenMailboxGone};
use domain::contact::channel::Channel;
use domain::enrolment::pause::PausedScope;
use domain::event::{Event, EventKind};
use domain::sequence::ab_look::{FEWEST_LEADS, MOST_LEADS};
use domain::time::time_zone::ZoneName;
use domain::workspace::api_key::ApiScope;
use domain::workspace::tracking::Untracked;
use domain::{AccountId, CampaignId, SequenceId};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, IfMatch, JsonBody, PathOf, axum, given, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignChanges {
    name: Option<String>,
    sequence_id: Option<SequenceId>,
    /// Replaces the whole list. `when_mailbox_gone` decides about leads who got mail from an account that is
    /// no longer in it.
    mailbox_ids: Option<Vec<AccountId>>,
    when_mailbox_gone: Option<WhenMailboxGone>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<AccountId>)]
    sms_sender_id: Option<Option<AccountId>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<AccountId>)]
    whatsapp_sender_id: Option<Option<AccountId>>,
    zone: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    lead_tag: Option<Option<String>>,
    /// Applies to leads that are enrolled from now on.
    only_verified: Option<bool>,
    /// Applies to mails that are composed from now on.
    untracked: Option<Untracked>,
    /// Replaces all writing settings. Another tone, language or context has new opening lines written for the enrolled
    /// leads; until then messages have the former ones.
    writing: Option<CampaignWriting>,
    /// Pauses the other variants of a step, once, in the campaign's present version, if one is ahead when they are
    /// compared; other campaigns on that version follow it.
    promotes_winner: Option<bool>,
    /// The leads that each variant of an A/B test must reach before the variants are compared, once: 100–100,000. It is
    /// fixed at launch.
    leads_per_variant: Option<u64>,
    /// Leads that match are enrolled automatically from now on; null switches this off.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<AutoEnrolRule>)]
    auto_enrol: Option<Option<AutoEnrolRule>>,
    /// The revision that this change is based on; `If-Match` does the same.
    rev: Option<u64>,
}

#[utoipa::path(patch, path = "/api/campaigns/{id}", operation_id = "change_campaign",
    params(("id" = CampaignId, Path)), request_body = CampaignChanges, responses((status = 200, body = CampaignView)))]
pub async fn change_campaign(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
    if_match: IfMatch,
    JsonBody(changes): JsonBody<CampaignChanges>,
) -> ApiResult<JsonBody<CampaignView>> {
    let mut campaign = app.campaigns.get(&caller.workspace, &id).await?;
    if_match.check(changes.rev, campaign.rev)?;
    let mut errors = FieldErrors::default();
    if let Some(name) = &changes.name {
        campaign.name = errors.required("name", name, 120);
    }
    if let Some(zone) = &changes.zone {
        let zone = errors.take("zone", ZoneName::parse_given(zone));
        campaign.zone = zone.unwrap_or(campaign.zone);
    }
    if let Some(tag) = changes.lead_tag {
        campaign.lead_tag = errors.text("lead_tag", tag, 60);
    }
    campaign.promotes_winner = changes.promotes_winner.unwrap_or(campaign.promotes_winner);
    if let Some(leads) = changes.leads_per_variant.filter(|leads| *leads != campaign.ab_tests.leads) {
        if campaign.state != CampaignState::Draft {
            errors.add("leads_per_variant", "was fixed at launch");
        } else if !(FEWEST_LEADS..=MOST_LEADS).contains(&leads) {
            errors.add("leads_per_variant", format!("is from {FEWEST_LEADS} to {MOST_LEADS}"));
        }
        campaign.ab_tests.leads = leads;
    }
    campaign.untracked = changes.untracked.unwrap_or(campaign.untracked);
    campaign.only_verified = changes.only_verified.unwrap_or(campaign.only_verified);
    let written = campaign.writing.clone();
    if let Some(writing) = changes.writing {
        campaign.writing = writing.trimmed();
        for (field, why) in campaign.writing.faults() {
            errors.add(format!("writing.{field}"), why);
        }
        if campaign.writing.ai && campaign.writing != written {
            // A model writes for the campaign, or writes anew.
            caller.demand(ApiScope::BudgetSpend)?;
        }
    }
    let looks = changes.auto_enrol.is_some();
    if let Some(auto_enrol) = changes.auto_enrol {
        for (field, why) in auto_enrol.iter().flat_map(AutoEnrolRule::faults) {
            errors.add(format!("auto_enrol.{field}"), why);
        }
        if campaign.writing.ai && auto_enrol.is_some() && auto_enrol != campaign.auto_enrol {
            // A model writes for everybody whom the rule takes in.
            caller.demand(ApiScope::BudgetSpend)?;
        }
        campaign.auto_enrol = auto_enrol;
    }
    errors.finish()?;
    if let Some(auto_enrol) = campaign.auto_enrol.as_ref().filter(|_| looks) {
        let checked = app.lists.check(&caller.workspace, &auto_enrol.filter).await;
        checked.map_err(|error| ApiError::of_query(error, "auto_enrol.filter"))?;
    }
    if let Some(sequence) = changes.sequence_id.filter(|id| *id != campaign.sequence) {
        if campaign.state != CampaignState::Draft {
            return Err(ApiError::invalid("sequence_id", "cannot change after launch"));
        }
        let sequence = app.usable_sequence(&caller.workspace, &sequence).await?;
        (campaign.sequence, campaign.sequence_version) = (sequence.id, sequence.version);
    }
    let before = campaign.clone();
    let mut senders = Vec::new();
    if let Some(mailboxes) = changes.mailbox_ids {
        app.usable_mailboxes(&caller.workspace, &mailboxes).await?;
        campaign.mailboxes = mailboxes;
        senders.push("mailbox_ids");
    }
    campaign.when_mailbox_gone = changes.when_mailbox_gone.unwrap_or(campaign.when_mailbox_gone);
    if let Some(sender) = changes.sms_sender_id.filter(|sender| *sender != campaign.sms_sender) {
        app.usable_text_sender(&caller.workspace, Channel::Sms, sender.as_ref()).await?;
        campaign.sms_sender = sender;
        senders.push("sms_sender_id");
    }
    if let Some(sender) = changes.whatsapp_sender_id.filter(|sender| *sender != campaign.whatsapp_sender) {
        app.usable_text_sender(&caller.workspace, Channel::Whatsapp, sender.as_ref()).await?;
        campaign.whatsapp_sender = sender;
        senders.push("whatsapp_sender_id");
    }
    app.check_still_sends(&campaign, &senders).await?;
    let now = app.clock.now();
    let event = Event::new(EventKind::CampaignChanged, caller.actor(), now);
    let sets_going = !senders.is_empty() && app.had_paused_account(&before).await?;
    let due = &*app.enrolling.due;
    let mut in_case = None;
    if sets_going {
        in_case = Some(put_recovery_hint(due, &caller.workspace, PausedScope::Workspace, now).await?);
    }
    campaign.rev = app.campaigns.save(&campaign, &event).await?;
    if campaign.writing != written {
        write_lines(&*app.outbox, &campaign).await?;
    }
    if let Some(in_case) = in_case {
        schedule_waiting(&*app.outbox, std::slice::from_ref(&campaign), None).await?;
        in_case.over(due).await;
    }
    if looks && campaign.active_auto_enrol_rule().is_some() {
        start_look(&*app.outbox, &campaign).await?;
    }
    Ok(JsonBody(app.view(campaign, now).await?))
}

impl App {
    /// Whether leads may be held for a paused or deleted account of the campaign: after the change they may
    /// get another account, so they have to be scheduled again.
    async fn had_paused_account(&self, before: &Campaign) -> ApiResult<bool> {
        let found = senders_of(&*self.accounts, before).await?;
        let is_there = |id: &AccountId| found.iter().any(|account| account.id == *id);
        let gone = !before.mailboxes.iter().all(is_there);
        Ok(gone || found.iter().any(|account| account.pause.is_some()))
    }
}
