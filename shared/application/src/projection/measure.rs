//! The counters that each kind of item shows.

use crate::ports::changes::Change;
use crate::ports::stats::{Counters, Metric, Scope};
use domain::contact::channel::Channel;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::lead::Lead;
use domain::lead::enrichment::{Field, FieldResult, FieldStatus};
use domain::lead::stage::StageId;
use domain::lead::suppression::{Suppression, SuppressionReason};
use domain::message::understanding::{DecidedBy, Understanding};
use domain::message::{Answered, Direction, Message, MessageState};
use domain::revenue::{Client, Transaction, TransactionKind};
use domain::time::time_zone::ZoneSource;
use domain::workspace::task::{Task, TaskKind};

/// Returns the difference that a change makes, and the scopes that it counts in beside workspace and day.
pub(super) fn moved(change: &Change) -> (Counters, Vec<Scope>) {
    match change {
        Change::Lead { old: Some(old), new: None } => {
            let newly = i64::from(!old.is_deleted());
            let moved = Counters::from([(Metric::LeadsDeleted, newly)]);
            (moved.into_iter().filter(|(_, by)| *by != 0).collect(), Vec::new())
        }
        Change::Lead { old, new } => {
            let mut moved = difference(old.as_deref(), new.as_deref(), lead);
            if turned_hot(old.as_deref(), new.as_deref()) {
                moved.insert(Metric::TurnedHot, 1);
            }
            (moved, Vec::new())
        }
        Change::Message { old, new } => (difference(old.as_deref(), Some(new), message), scopes_of(new)),
        Change::MessageGone { old } => {
            let mut moved = difference(Some(&**old), None, message);
            moved.retain(|metric, _| *metric == Metric::Uncertain);
            (moved, scopes_of(old))
        }
        Change::Enrolment { old, new } => {
            let narrower = vec![Scope::Campaign(new.key().campaign.clone())];
            (difference(old.as_deref(), Some(new), enrolment), narrower)
        }
        // Leads are counted by their own lines, in however many campaigns they are.
        Change::Field { campaign: Some(_), .. } => (Counters::new(), Vec::new()),
        Change::Field { old, new, .. } => (difference(old.as_deref(), Some(new), field), Vec::new()),
        Change::Task { old, new } => (difference(old.as_deref(), Some(new), task), Vec::new()),
        Change::Suppression { new } => (suppression(new), Vec::new()),
        Change::Client { old, new } => {
            let moved = difference(old.as_deref(), Some(new), client);
            let known = old.as_ref().is_none_or(|old| old.campaign == new.campaign);
            (moved, new.campaign.iter().filter(|_| known).cloned().map(Scope::Campaign).collect())
        }
        Change::Transaction { new } => (transaction(new), Vec::new()),
        Change::Activity { .. }
        | Change::Conversation { .. }
        | Change::Deal { .. }
        | Change::Subscription { .. }
        | Change::Campaign { .. }
        | Change::Notification { .. }
        | Change::Import { .. } => (Counters::new(), Vec::new()),
    }
}

fn scopes_of(message: &Message) -> Vec<Scope> {
    let mut narrower: Vec<Scope> = message.campaign.iter().cloned().map(Scope::Campaign).collect();
    if let (Some(campaign), Some(step)) = (&message.campaign, &message.step) {
        let (campaign, step) = (campaign.clone(), step.clone());
        narrower.push(match &message.variant {
            Some(variant) => Scope::Variant(campaign, step, variant.clone()),
            None => Scope::Step(campaign, step),
        });
    }
    narrower.extend(message.bulk_message.iter().cloned().map(Scope::BulkMessage));
    narrower
}

pub(super) fn shown(change: &Change) -> Counters {
    match change {
        Change::Lead { new, .. } => new.as_deref().map(lead).unwrap_or_default(),
        Change::Message { new, .. } => message(new),
        Change::Enrolment { new, .. } => enrolment(new),
        Change::Field { campaign: Some(_), .. } => Counters::new(),
        Change::Field { new, .. } => field(new),
        Change::Task { new, .. } => task(new),
        Change::Suppression { new } => suppression(new),
        Change::Client { new, .. } => client(new),
        Change::Transaction { new } => transaction(new),
        Change::MessageGone { .. }
        | Change::Activity { .. }
        | Change::Conversation { .. }
        | Change::Deal { .. }
        | Change::Subscription { .. }
        | Change::Campaign { .. }
        | Change::Notification { .. }
        | Change::Import { .. } => Counters::new(),
    }
}

fn difference<T>(old: Option<&T>, new: Option<&T>, measure: impl Fn(&T) -> Counters) -> Counters {
    let mut moved = new.map(&measure).unwrap_or_default();
    for (metric, before) in old.map(&measure).unwrap_or_default() {
        *moved.entry(metric).or_default() -= before;
    }
    moved.retain(|_, by| *by != 0);
    moved
}

fn counters(shown: impl IntoIterator<Item = (Metric, bool)>) -> Counters {
    shown.into_iter().filter(|(_, shown)| *shown).map(|(metric, _)| (metric, 1)).collect()
}

fn lead(lead: &Lead) -> Counters {
    // What a lead did that was merged into another counts with that one.
    if lead.merged_into().is_some() {
        return counters([(Metric::LeadsCreated, true), (Metric::LeadsDeleted, true)]);
    }
    let status = lead.status;
    let placed = lead.zone.as_ref().is_some_and(|zone| zone.source == ZoneSource::Address);
    let mut shown = counters([
        (Metric::LeadsCreated, true),
        (Metric::LeadsContacted, lead.last_contacted_at.is_some() || status == StageId::CONTACTED),
        (Metric::LeadsReplied, lead.engagement.messages > 0 || status == StageId::REPLIED),
        (Metric::LeadsQualified, status >= StageId::QUALIFIED && status != StageId::LOST),
        (Metric::LeadsWon, status == StageId::WON),
        (Metric::LeadsLost, status == StageId::LOST),
        (Metric::LeadsDeleted, lead.is_deleted()),
        (Metric::Enriched, lead.deliverability.is_some() || placed),
    ]);
    shown.insert(Metric::PreviewViews, lead.engagement.views.into());
    shown.insert(Metric::CtaClicks, lead.engagement.cta_clicks.into());
    shown
}

/// Tells whether the lead turned hot by this change. Each time counts, also for the same lead.
pub(super) fn turned_hot(old: Option<&Lead>, new: Option<&Lead>) -> bool {
    let by_views = |lead: Option<&Lead>| lead.and_then(|lead| lead.engagement.hot_since);
    let by_score = |lead: Option<&Lead>| lead.and_then(|lead| lead.engagement.hot_by_score_since);
    let is_later = |new: Option<jiff::Timestamp>, old: Option<jiff::Timestamp>| new.is_some() && new > old;
    is_later(by_views(new), by_views(old)) || is_later(by_score(new), by_score(old))
}

fn message(message: &Message) -> Counters {
    if message.direction == Direction::In {
        let by = message.understood.as_ref().map(|understood| understood.by);
        let first = message.understood.as_ref().map(Understanding::first_reader);
        let of_model = first == Some(DecidedBy::Model);
        return counters([
            (Metric::Replied, message.is_answer()),
            (Metric::Understood, by.is_some()),
            (Metric::Corrected, by == Some(DecidedBy::User)),
            (Metric::ReadByModel, of_model),
            (Metric::CorrectedModel, of_model && by == Some(DecidedBy::User)),
        ]);
    }
    let (sent, delivered) = match message.channel {
        Channel::Email => (Metric::EmailsSent, Metric::EmailsDelivered),
        Channel::Sms => (Metric::SmsSent, Metric::SmsDelivered),
        Channel::Whatsapp => (Metric::WhatsappSent, Metric::WhatsappDelivered),
    };
    if message.test {
        return Counters::new();
    }
    let (state, taken) = (message.state, is_sent(message));
    let mut shown = counters([
        (sent, taken),
        (delivered, taken && counts_as_delivered(message)),
        (Metric::Opened, taken && message.first_opened_at.is_some()),
        (Metric::Clicked, taken && message.first_clicked_at.is_some()),
        (Metric::Answered, taken && message.answered.is_some()),
        (Metric::AnsweredWell, taken && message.answered == Some(Answered::Positive)),
        (Metric::LedToOptOut, taken && message.opted_out),
        (Metric::Complained, taken && message.complained),
        (Metric::Bounced, taken && state == MessageState::Bounced),
        (Metric::SendFailed, state == MessageState::Failed),
        (Metric::Uncertain, state == MessageState::Uncertain),
        (Metric::Cancelled, state == MessageState::Cancelled && message.campaign.is_none()),
    ]);
    if taken && message.machine_events > 0 {
        shown.insert(Metric::MachineVisits, message.machine_events.into());
    }
    shown
}

/// Tells whether a message counts as delivered: a text if its delivery was reported, a mail until it comes back.
fn counts_as_delivered(message: &Message) -> bool {
    match message.channel {
        Channel::Email => !matches!(message.state, MessageState::Bounced | MessageState::Failed),
        Channel::Sms | Channel::Whatsapp => message.delivered_at.is_some(),
    }
}

/// Tells whether a provider accepted the message, whatever became of it afterwards.
pub(super) fn is_sent(message: &Message) -> bool {
    message.direction == Direction::Out && message.accepted_at.is_some()
}

fn enrolment(enrolment: &Enrolment) -> Counters {
    let mut shown = counters([
        (Metric::Enrolled, true),
        (Metric::InFlight, enrolment.is_active()),
        (Metric::Held, matches!(enrolment.state(), EnrolmentState::Held { .. })),
        (Metric::Late, matches!(enrolment.state(), EnrolmentState::Held { reason: HoldReason::Late, .. })),
    ]);
    if let EnrolmentState::Ended { reason } = enrolment.state() {
        let ended = match reason {
            EndReason::Finished => Metric::Finished,
            EndReason::Replied => Metric::EndedReplied,
            EndReason::OptedOut => Metric::EndedOptedOut,
            EndReason::Bounced => Metric::EndedBounced,
            EndReason::Won => Metric::EndedWon,
            EndReason::Booked
            | EndReason::GoalReached
            | EndReason::Suppressed
            | EndReason::Failed
            | EndReason::Removed
            | EndReason::Unreachable
            | EndReason::StepRemoved
            | EndReason::MailboxGone
            | EndReason::TakenOver => Metric::EndedOther,
        };
        shown.insert(ended, 1);
    }
    shown
}

fn field(result: &FieldResult) -> Counters {
    let found = matches!(result.status, FieldStatus::Found { .. });
    let failed = matches!(result.status, FieldStatus::Failed { .. });
    match result.field {
        Field::FirstLine => {
            let fallback = result.is_default_text();
            counters([
                (Metric::Personalised, found && !fallback),
                (Metric::PersonalisationFallback, found && fallback),
            ])
        }
        Field::Place | Field::EmailVerification | Field::Website => {
            counters([(Metric::EnrichmentFailed, failed)])
        }
    }
}

fn task(task: &Task) -> Counters {
    counters([
        (Metric::TasksOpened, true),
        (Metric::TasksDone, task.done_at.is_some()),
        (Metric::HotAnnounced, task.kind == TaskKind::HotLead),
    ])
}

fn suppression(entry: &Suppression) -> Counters {
    counters([(Metric::OptedOut, entry.reason == SuppressionReason::OptedOut)])
}

fn client(client: &Client) -> Counters {
    counters([(Metric::Clients, true), (Metric::Unsure, client.mrr_is_unsure)])
}

fn transaction(transaction: &Transaction) -> Counters {
    counters([(Metric::Payments, transaction.kind == TransactionKind::Payment)])
}
