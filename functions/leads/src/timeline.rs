//! The entries of a lead's timeline, and how stored items become entries.

use application::inbox::quotations::{Quotations, QuotedLines};
use application::ports::leads::{Activity, ActivityKind, Engaged, RuleEffect};
use application::sending::uncertain::under_way_until;
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::deal::DealNews;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::UserOrKey;
use domain::lead::consent::ConsentBasis;
use domain::lead::engagement::{Action, Verdict};
use domain::lead::enrichment::Field;
use domain::lead::meeting::MeetingNews;
use domain::lead::routing::RoutedHow;
use domain::lead::stage::{LostReasonId, StageId};
use domain::lead::suppression::SuppressionReason;
use domain::lead::verdict::Rule;
use domain::message::understanding::Understanding;
use domain::message::{Direction, Failure, Message, MessageState};
use domain::money::Currency;
use domain::revenue::dispute::DisputeOutcome;
use domain::sequence::step_kind::StepType;
use domain::workspace::call_cost::{CallCost, CallCostState};
use domain::workspace::recording::{CallRecording, RecordingState};
use domain::workspace::task::{Task, TaskKind, TaskOutcome};
use domain::{
    AccountId, CallId, CampaignId, ClientId, DealId, LeadId, MessageId, RoutingRuleId, RuleId, SequenceId,
    TaskId, UserId,
};
use http_api::utoipa;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::key_names::KeyNames;
use crate::lead_view::{EnrichmentStatus, FollowUpRuleView};
use crate::line::LineStep;

/// Oldest first; planned entries come last.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Timeline {
    pub items: Vec<TimelineEntry>,
    pub enrolments: Vec<LeadEnrolment>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TimelineEntry {
    pub id: String,
    pub at: Timestamp,
    /// The entry has not happened yet.
    pub planned: bool,
    /// The user who did it, if it was a user.
    pub user: Option<UserId>,
    /// The name of the API key, if a program did it.
    pub program: Option<String>,
    #[serde(flatten)]
    pub what: Happening,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Happening {
    Created {
        source: Option<String>,
    },
    Message {
        message: Box<TimelineMessage>,
    },
    Engaged {
        action: Action,
        verdict: Verdict,
        /// The rule that gave the verdict.
        rule: Rule,
        /// The program or network that the rule recognised.
        named: Option<String>,
        message: Option<MessageId>,
    },
    TurnedHot {
        views: u32,
    },
    StatusChanged {
        from: StageId,
        to: StageId,
        lost_reason: Option<LostReasonId>,
    },
    Note {
        text: String,
    },
    Suppressed {
        reason: SuppressionReason,
    },
    Paid {
        amount_minor: i64,
        currency: Currency,
        /// The client that paid, where it is known.
        client: Option<ClientId>,
    },
    PaymentFailed {
        amount_minor: i64,
        currency: Currency,
    },
    /// A meeting was booked at the booking link, moved, or called off there.
    Meeting {
        title: String,
        starts_at: Timestamp,
        news: MeetingNews,
    },
    Disputed {
        amount_minor: i64,
        currency: Currency,
        outcome: DisputeOutcome,
    },
    /// A subscription is cancelled and runs until then; without a time it goes on after all.
    SubscriptionEnding {
        ends_at: Option<Timestamp>,
    },
    /// The lead was deleted at that time, and brought back now.
    Restored {
        deleted_at: Timestamp,
    },
    /// Another lead was merged into this one.
    Merged {
        lead: LeadId,
        name: String,
    },
    /// A deal was added, changed its value, was closed or opened.
    Deal {
        deal: DealId,
        name: String,
        news: DealNews,
    },
    /// A merge with another lead was undone.
    Unmerged {
        lead: LeadId,
        name: String,
    },
    /// The effects of one of the workspace's trigger rules.
    RuleCarriedOut {
        rule: RuleId,
        name: String,
        effects: Vec<RuleEffect>,
    },
    Enriched {
        field: Field,
        status: EnrichmentStatus,
        detail: Option<String>,
        source: String,
    },
    Enrolled {
        campaign: CampaignId,
        campaign_name: String,
    },
    SequenceEnded {
        campaign: CampaignId,
        campaign_name: String,
        reason: EndReason,
    },
    Task {
        task: TaskId,
        task_kind: TaskKind,
        title: String,
        done: bool,
        /// The outcome of a closed task.
        outcome: Option<TaskOutcome>,
        /// What was noted when it was closed.
        noted: Option<String>,
        /// The length of a call.
        call_seconds: Option<u32>,
        /// What a call that the app placed has cost, in millionths of a US dollar.
        call_cost: Option<CallCostState>,
    },
    /// A call was recorded, after a notice to the lead.
    CallRecorded {
        call: CallId,
        state: RecordingState,
        seconds: Option<u32>,
    },
    /// The next step of a campaign; `at` is its earliest time.
    PlannedStep {
        campaign: CampaignId,
        campaign_name: String,
        step: u16,
        step_kind: StepType,
        /// A mail's subject or a task's title.
        subject: String,
    },
    FollowUp {
        /// The rule that set the date; missing where a user did.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(required = false)]
        rule: Option<FollowUpRuleView>,
    },
    /// A rule gave the new lead its owner.
    OwnerAssigned {
        owner: UserId,
        /// None: the choice for all other leads.
        rule: Option<RoutingRuleId>,
        /// The rule's name at that time.
        rule_name: String,
        how: RoutedHow,
    },
    /// The recorded consent for a channel was changed.
    ConsentChanged {
        channel: Channel,
        from: Option<ConsentBasis>,
        to: Option<ConsentBasis>,
        /// The day on which the lead agreed.
        #[schema(value_type = Option<String>, format = Date)]
        on: Option<Date>,
        note: Option<String>,
    },
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TimelineMessage {
    pub id: MessageId,
    pub direction: Direction,
    pub channel: Channel,
    pub state: MessageState,
    pub campaign: Option<CampaignId>,
    pub step: Option<u16>,
    /// The account that it leaves from, or came in by.
    pub account_id: Option<AccountId>,
    pub from: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    /// The lines of the text that quote another message, in their order.
    pub quoted: Vec<QuotedLines>,
    /// A test message to one of our own mailboxes.
    pub test: bool,
    pub understood: Option<Understanding>,
    pub failure: Option<Failure>,
    pub attempts: u8,
    pub opens: u32,
    pub clicks: u32,
    pub machine_events: u32,
    /// When the message goes out, while it is queued; until then it can be cancelled.
    pub planned_for: Option<Timestamp>,
    /// While it is uncertain: until then the last attempt is checked, and no answer is taken.
    pub checking_until: Option<Timestamp>,
    pub accepted_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    pub first_opened_at: Option<Timestamp>,
    pub first_clicked_at: Option<Timestamp>,
}

/// The lead's progress in one campaign.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LeadEnrolment {
    pub campaign: CampaignId,
    pub campaign_name: String,
    pub campaign_state: Option<CampaignState>,
    pub sequence: SequenceId,
    pub version: u32,
    pub state: EnrolmentWord,
    /// Why the enrolment is held; `held_until` tells until when, `end_reason` why it ended.
    pub hold_reason: Option<HoldReason>,
    pub held_until: Option<Timestamp>,
    pub end_reason: Option<EndReason>,
    /// A user wants a pause, which begins once the step's message is settled or the present hold ends.
    pub pause_wanted: bool,
    /// Index of the next step.
    pub step: u16,
    pub steps: u16,
    /// The state of each of its steps.
    pub line: Vec<LineStep>,
    /// The open task that the enrolment waits for.
    pub task: Option<TaskId>,
    pub due: Option<Timestamp>,
    pub enrolled_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnrolmentWord {
    Pending,
    Scheduled,
    Sending,
    /// The step is a task that waits for a person.
    WaitingTask,
    Held,
    Ended,
}

impl EnrolmentWord {
    pub fn of(enrolment: &Enrolment) -> Self {
        match *enrolment.state() {
            EnrolmentState::Pending => Self::Pending,
            EnrolmentState::Scheduled => Self::Scheduled,
            EnrolmentState::Claimed { .. } => Self::Sending,
            EnrolmentState::WaitingTask => Self::WaitingTask,
            EnrolmentState::Held { .. } => Self::Held,
            EnrolmentState::Ended { .. } => Self::Ended,
        }
    }
}

pub fn entry(id: impl Into<String>, at: Timestamp, what: Happening) -> TimelineEntry {
    TimelineEntry { id: id.into(), at, planned: false, user: None, program: None, what }
}

pub fn planned(id: impl Into<String>, at: Timestamp, what: Happening) -> TimelineEntry {
    TimelineEntry { planned: true, ..entry(id, at, what) }
}

pub fn of_activity(activity: Activity, names: &KeyNames) -> TimelineEntry {
    let what = match activity.kind {
        ActivityKind::Engaged(engaged) => {
            let Engaged { action, verdict, rule, named, message, .. } = *engaged;
            Happening::Engaged { action, verdict, rule, named, message }
        }
        ActivityKind::TurnedHot { views } => Happening::TurnedHot { views },
        ActivityKind::StatusChanged { from, to, lost_reason } => {
            Happening::StatusChanged { from, to, lost_reason }
        }
        ActivityKind::Note { text } => Happening::Note { text },
        ActivityKind::Suppressed { reason } => Happening::Suppressed { reason },
        ActivityKind::Paid { amount_minor, currency, client } => {
            Happening::Paid { amount_minor, currency, client }
        }
        ActivityKind::PaymentFailed { amount_minor, currency } => {
            Happening::PaymentFailed { amount_minor, currency }
        }
        ActivityKind::Meeting { title, starts_at, news } => Happening::Meeting { title, starts_at, news },
        ActivityKind::Disputed { amount_minor, currency, outcome } => {
            Happening::Disputed { amount_minor, currency, outcome }
        }
        ActivityKind::SubscriptionEnding { ends_at } => Happening::SubscriptionEnding { ends_at },
        ActivityKind::ConsentChanged { channel, from, to, on, note } => {
            Happening::ConsentChanged { channel, from, to, on, note }
        }
        ActivityKind::Restored { deleted_at, .. } => Happening::Restored { deleted_at },
        ActivityKind::Deal { deal, name, news } => Happening::Deal { deal, name, news },
        ActivityKind::Merged { lead, name } => Happening::Merged { lead, name },
        ActivityKind::Unmerged { lead, name } => Happening::Unmerged { lead, name },
        ActivityKind::RuleCarriedOut { rule, name, effects } => {
            Happening::RuleCarriedOut { rule, name, effects }
        }
    };
    by(activity.actor.as_ref(), names, entry(activity.id, activity.at, what))
}

/// Names the user or the program that did it.
pub fn by(by: Option<&UserOrKey>, names: &KeyNames, entry: TimelineEntry) -> TimelineEntry {
    TimelineEntry { user: by.and_then(UserOrKey::user), program: names.program(by), ..entry }
}

/// Shows a message. A time that has passed, because sending is stopped or a provider is down, is not shown as
/// planned. `enrolments` are its lead's.
pub fn of_message(
    message: Message,
    quotations: &Quotations,
    enrolments: &[Enrolment],
    now: Timestamp,
) -> TimelineEntry {
    let waits = message.planned_for.max(message.retry_at);
    let waits = waits.filter(|at| message.state == MessageState::Queued && *at > now);
    let is_uncertain = message.state == MessageState::Uncertain;
    let checking_until = is_uncertain.then(|| under_way_until(&message, enrolments, now)).flatten();
    let quoted = quotations.of(&message);
    let (id, at, user) = (message.id.to_string(), waits.unwrap_or(message.created_at), message.author);
    let message = TimelineMessage {
        id: message.id,
        direction: message.direction,
        channel: message.channel,
        state: message.state,
        campaign: message.campaign,
        step: message.step_index,
        account_id: message.account,
        from: message.from,
        to: message.to,
        subject: message.subject,
        text: message.text,
        quoted,
        test: message.test,
        understood: message.understood,
        failure: message.failure,
        attempts: message.attempts,
        opens: message.opens,
        clicks: message.clicks,
        machine_events: message.machine_events,
        planned_for: message.planned_for,
        checking_until,
        accepted_at: message.accepted_at,
        delivered_at: message.delivered_at,
        first_opened_at: message.first_opened_at,
        first_clicked_at: message.first_clicked_at,
    };
    let what = Happening::Message { message: Box::new(message) };
    TimelineEntry { user, planned: waits.is_some(), ..entry(id, at, what) }
}

pub fn of_task(task: Task, costs: &[CallCost], now: Timestamp) -> TimelineEntry {
    let cost = costs.iter().find(|cost| task.call.as_ref() == Some(&cost.call));
    let (id, at, done) = (task.id.to_string(), task.done_at.unwrap_or(task.due_at), task.done_at.is_some());
    let what = Happening::Task {
        task: task.id,
        task_kind: task.kind,
        title: task.title,
        done,
        outcome: task.outcome,
        noted: task.note,
        call_seconds: task.call_seconds,
        call_cost: cost.map(|cost| cost.shown(now)),
    };
    TimelineEntry { planned: !done, user: task.done_by.or(task.owner), ..entry(id, at, what) }
}

/// Shows a recording; an empty one is not shown.
pub fn of_recording(recording: CallRecording) -> Option<TimelineEntry> {
    let CallRecording { call, state, seconds, user, made_at, .. } = recording;
    let id = format!("recording-{call}");
    let shown =
        (state != RecordingState::Empty).then_some(Happening::CallRecorded { call, state, seconds })?;
    Some(TimelineEntry { user: Some(user), ..entry(id, made_at, shown) })
}
