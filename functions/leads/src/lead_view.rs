//! A lead as the API shows it.

use crate::App;
use crate::lead_consent::ConsentView;
use crate::lead_texts::LeadTexts;
use application::StoreResult;
use application::lead::suppression_lookup::scopes_of;
use domain::ai_prompt::WrittenWith;
use domain::contact::channel::Channel;
use domain::contact::chat_recipient::ChatUser;
use domain::contact::country::Country;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::lead::do_not_contact::ChannelState;
use domain::lead::enrichment::{Deliverability, Field, FieldResult, FieldStatus, FieldValue};
use domain::lead::opt_out_hold::OptOutHold;
use domain::lead::out_of_office::Absence;
use domain::lead::score::score;
use domain::lead::stage::{LostReasonId, StageId};
use domain::lead::suppression::Endings;
use domain::lead::zone::zone_of;
use domain::lead::{Lead, Priority, Temperature};
use domain::time::time_zone::{ZoneFact, ZoneName, ZoneSource};
use domain::workspace::tracking_law::asked_of;
use domain::{CampaignId, ImportId, LeadId, RuleId, UserId, WorkspaceId};
use http_api::utoipa;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LeadView {
    pub id: LeadId,
    /// The person's name, else the company's, else an address.
    pub name: String,
    #[serde(flatten)]
    pub texts: LeadTexts,
    pub email: Option<EmailAddress>,
    pub phone: Option<PhoneNumber>,
    /// The domain of the company that the lead works at; absent for a free address.
    pub company_domain: Option<String>,
    /// Another address and another number of the person, from which messages are the lead's.
    pub second_email: Option<EmailAddress>,
    pub second_phone: Option<PhoneNumber>,
    /// WhatsApp's id of the person, by which they are written to there while no number is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat_user: Option<ChatUser>,
    /// A phone number that does not parse: it is shown and never used.
    pub phone_unparsed: Option<String>,
    pub country: Option<Country>,
    pub rating: Option<f64>,
    pub reviews: Option<u32>,
    pub tags: BTreeSet<String>,
    pub custom: BTreeMap<String, String>,
    pub status: StageId,
    /// Since when the lead is in its stage.
    pub stage_since: Timestamp,
    pub lost_reason: Option<LostReasonId>,
    pub priority: Priority,
    pub do_not_contact: bool,
    /// Set while a message of the lead may be an opt-out and no user has decided yet: nothing is sent meanwhile.
    pub possible_opt_out: Option<OptOutHold>,
    pub do_not_track: bool,
    /// The day on which the lead agreed to have opens and clicks of its mails measured.
    #[schema(value_type = Option<String>, format = Date)]
    pub tracking_consent: Option<Date>,
    /// Whether the law of the lead's country asks for that consent, so that nothing is measured without it.
    pub tracking_needs_consent: bool,
    /// Whether a message that a user writes on each channel would be sent; and for a closed channel who
    /// closed it, when and how.
    pub channels: Vec<ChannelState>,
    /// The recorded consents; `/consent` says for each channel what is asked for.
    pub consent: Vec<ConsentView>,
    pub owner: Option<UserId>,
    pub import: Option<ImportId>,
    pub zone: Option<ZoneView>,
    pub deliverability: Option<Deliverability>,
    /// 0–100, at the time of the request.
    pub score: u8,
    pub temperature: Temperature,
    /// When a hot lead is hot no longer, if it does nothing more; none of any other.
    pub hot_until: Option<Timestamp>,
    pub reasons: Vec<ScoreReasonView>,
    pub engagement: EngagementView,
    pub enrichment: Vec<EnrichmentView>,
    /// Campaigns in which the lead is active.
    pub active: BTreeSet<CampaignId>,
    pub away: Option<AwayView>,
    /// The number of leads that were merged into this one.
    #[serde(skip_serializing_if = "is_none")]
    #[schema(required = false)]
    pub merged: usize,
    pub follow_up_at: Option<Timestamp>,
    /// The rule that set the follow-up date; missing where a user did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub follow_up_rule: Option<FollowUpRuleView>,
    pub last_contacted_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub rev: u64,
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

/// The rule that set a lead's follow-up date, under the name that it had then.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FollowUpRuleView {
    pub rule: RuleId,
    pub name: String,
    /// What the follow-up is for; may be empty.
    pub note: String,
}

impl FollowUpRuleView {
    /// The rule that set this lead's present date, if one did.
    pub fn of(lead: &Lead) -> Option<Self> {
        let by = lead.follow_up_rule()?;
        Some(Self { rule: by.rule.clone(), name: by.name.clone(), note: by.note.clone() })
    }
}

/// The lead is out of office by their own automatic reply: no campaign sends before they are back.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AwayView {
    /// The day that the reply names, if it names one.
    #[schema(value_type = Option<String>, format = Date)]
    pub returns_on: Option<Date>,
    pub noted_at: Timestamp,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ZoneView {
    pub zone: ZoneName,
    pub source: ZoneSource,
    /// 0–100.
    pub confidence: u8,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ScoreReasonView {
    pub points: u8,
    pub reason: String,
}

/// The lead's behaviour; opens and clicks by machines are not counted.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EngagementView {
    pub opens: u32,
    pub clicks: u32,
    pub views: u32,
    pub cta_clicks: u32,
    pub replies: u32,
    pub seconds_on_page: u32,
    pub hot_since: Option<Timestamp>,
    pub last_action_at: Option<Timestamp>,
}

/// The enrichment result of one field, with source and time, or why there is none.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EnrichmentView {
    pub field: Field,
    pub status: EnrichmentStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<FieldValue>,
    /// Why it was skipped, what went wrong, why nothing of a website was read, or why the default text stands in the
    /// place of an opening line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The number of failed attempts.
    pub attempts: u32,
    pub source: String,
    pub at: Timestamp,
    /// The model and the prompt that an opening line was written with; none for a user's and the default text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written_with: Option<WrittenWith>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnrichmentStatus {
    Found,
    NotFound,
    Skipped,
    Failed,
}

impl From<FieldResult> for EnrichmentView {
    fn from(result: FieldResult) -> Self {
        let by_model = !result.is_default_text() && matches!(result.status, FieldStatus::Found { .. });
        let written_with = result.written_with.clone().filter(|_| by_model);
        let (status, value, detail, attempts) = match result.status {
            FieldStatus::Found { value } => (EnrichmentStatus::Found, Some(value), result.why, 0),
            FieldStatus::NotFound => (EnrichmentStatus::NotFound, None, result.why, 0),
            FieldStatus::Skipped { reason } => (EnrichmentStatus::Skipped, None, Some(reason), 0),
            FieldStatus::Failed { error, attempts } => {
                (EnrichmentStatus::Failed, None, Some(error), attempts)
            }
        };
        let FieldResult { field, source, at, .. } = result;
        Self { field, status, value, detail, attempts, source, at, written_with }
    }
}

impl From<ZoneFact> for ZoneView {
    fn from(fact: ZoneFact) -> Self {
        Self { zone: fact.zone, source: fact.source, confidence: fact.confidence }
    }
}

/// Reads a lead as it is shown: one call for the lead and its enrichment, one for what suppresses it.
pub async fn read_view(app: &App, workspace: &WorkspaceId, id: &LeadId) -> StoreResult<LeadView> {
    let (lead, fields) = app.leads.get_with_fields(workspace, id, &SHOWN).await?;
    view(app, lead, fields).await
}

/// The fields whose enrichment is shown, in their order.
pub const SHOWN: [Field; 4] = Field::ALL;

pub async fn view(app: &App, lead: Lead, fields: Vec<FieldResult>) -> StoreResult<LeadView> {
    let now = app.clock.now();
    let listed = app.enrolling.suppressions.find(&lead.workspace, &scopes_of(&lead)).await?;
    // The workspace decides which channels an entry closes; without an entry its settings are not read.
    let endings = match listed.is_empty() {
        true => Endings::default(),
        false => app.workspaces.get(&lead.workspace).await?.endings,
    };
    let state = |channel| ChannelState::of(&lead, channel, (&listed, &endings), now);
    let channels = Channel::ALL.map(state).into();
    let consent = ConsentView::all(&lead, &listed, now);
    Ok(shown((channels, consent), lead, fields, now))
}

fn shown(
    (channels, consent): (Vec<ChannelState>, Vec<ConsentView>),
    mut lead: Lead,
    fields: Vec<FieldResult>,
    now: Timestamp,
) -> LeadView {
    let (zone, tracking_needs_consent) = (zone_of(&lead), asked_of(&lead).is_some());
    let scored = score(&lead, now);
    let follow_up_rule = FollowUpRuleView::of(&lead);
    let lead_temperature = lead.temperature(now);
    let hot_until = lead.hot(now).map(|hot| hot.until);
    let reasons = scored.reasons.into_iter();
    let away = lead.away.filter(|_| lead.away_until(now).is_some());
    let engagement = EngagementView {
        opens: lead.engagement.opens,
        clicks: lead.engagement.clicks,
        views: lead.engagement.views,
        cta_clicks: lead.engagement.cta_clicks,
        replies: lead.engagement.messages,
        seconds_on_page: lead.engagement.seconds_on_page,
        hot_since: lead.engagement.hot_since,
        last_action_at: lead.engagement.last_action_at,
    };
    LeadView {
        name: lead.display_name(),
        texts: LeadTexts::take_from(&mut lead),
        id: lead.id,
        company_domain: lead.email.as_ref().and_then(|email| email.company_domain()).map(str::to_owned),
        email: lead.email,
        phone: lead.phone,
        second_email: lead.second_email,
        second_phone: lead.second_phone,
        chat_user: lead.chat_user,
        phone_unparsed: lead.phone_unparsed,
        country: lead.country,
        rating: lead.rating,
        reviews: lead.reviews,
        tags: lead.tags,
        custom: lead.custom,
        status: lead.status,
        stage_since: lead.stage_since,
        lost_reason: lead.lost_reason,
        priority: lead.priority,
        do_not_contact: lead.do_not_contact,
        possible_opt_out: lead.opt_out_hold,
        do_not_track: lead.do_not_track,
        tracking_consent: lead.tracking_consent,
        tracking_needs_consent,
        channels,
        consent,
        owner: lead.owner,
        import: lead.import,
        zone: zone.map(ZoneView::from),
        deliverability: lead.deliverability,
        score: scored.total,
        temperature: lead_temperature,
        hot_until,
        reasons: reasons.map(|r| ScoreReasonView { points: r.points, reason: r.label }).collect(),
        engagement,
        enrichment: fields.into_iter().map(EnrichmentView::from).collect(),
        active: lead.active,
        away: away.map(|Absence { returns_on, noted_at }| AwayView { returns_on, noted_at }),
        merged: lead.absorbed.len(),
        follow_up_at: lead.follow_up_at,
        follow_up_rule,
        last_contacted_at: lead.last_contacted_at,
        created_at: lead.created_at,
        updated_at: lead.updated_at,
        rev: lead.rev,
    }
}
