//! The events that the bus gets for a change: ids, codes and times, never personal data.

use crate::ports::changes::{Change, Changed};
use crate::ports::outbox::BusEvent;
use crate::projection::measure::{is_sent, turned_hot};
use domain::event::EventKind;
use domain::lead::stage::StageId;
use domain::message::{Direction, Message, MessageState};
use serde_json::{Value, json};

/// Returns the events of a change. There may be two: a late report of a provider tells of acceptance and delivery at
/// once.
pub fn bus_events(changed: &Changed) -> Vec<BusEvent> {
    let kinds = match &changed.change {
        Change::Lead { old, new: Some(new) } => {
            let won = new.status == StageId::WON;
            let newly_won = won && old.as_ref().is_none_or(|old| old.status != StageId::WON);
            let hot = turned_hot(old.as_deref(), Some(new));
            let was_deleted = old.as_ref().is_some_and(|old| old.is_deleted());
            let was_merged = old.as_ref().is_some_and(|old| old.merged_into().is_some());
            let is_merged = new.merged_into().is_some();
            vec![
                (old.is_none(), EventKind::LeadCreated),
                (new.is_deleted() && !was_deleted && !is_merged, EventKind::LeadDeleted),
                (was_deleted && !new.is_deleted() && !was_merged, EventKind::LeadRestored),
                (is_merged && !was_merged, EventKind::LeadMerged),
                (was_merged && !is_merged, EventKind::LeadUnmerged),
                (hot, EventKind::LeadHot),
                (newly_won, EventKind::LeadWon),
            ]
        }
        Change::Lead { old: Some(old), new: None } => {
            vec![(!old.is_deleted(), EventKind::LeadDeleted), (true, EventKind::LeadErased)]
        }
        Change::Message { new, .. } if new.test => Vec::new(),
        Change::Message { old, new } => message_kinds(old.as_deref(), new),
        Change::Enrolment { old, new } => {
            let ended = !new.is_active() && old.as_ref().is_none_or(|old| old.is_active());
            vec![(old.is_none(), EventKind::LeadEnrolled), (ended, EventKind::EnrolmentEnded)]
        }
        Change::Transaction { .. } => vec![(true, EventKind::PaymentBooked)],
        Change::Campaign { old, new } => {
            let moved = old.as_ref().is_none_or(|old| old.state != new.state);
            vec![(moved, EventKind::CampaignMoved)]
        }
        _ => Vec::new(),
    };
    let told = kinds.into_iter().filter(|(told, _)| *told);
    told.map(|(_, kind)| BusEvent { kind, detail: detail(changed) }).collect()
}

fn message_kinds(old: Option<&Message>, new: &Message) -> Vec<(bool, EventKind)> {
    let newly = |is: &dyn Fn(&Message) -> bool| is(new) && !old.is_some_and(is);
    if new.direction == Direction::In {
        return vec![(newly(&Message::is_answer), EventKind::LeadReplied)];
    }
    vec![
        (newly(&is_sent), EventKind::MessageAccepted),
        (newly(&|m| m.delivered_at.is_some()), EventKind::MessageDelivered),
        (newly(&|m| m.state == MessageState::Bounced), EventKind::MessageBounced),
        (newly(&|m| m.state == MessageState::Failed), EventKind::MessageFailed),
        (newly(&|m| m.first_opened_at.is_some()), EventKind::MessageOpened),
        (newly(&|m| m.first_clicked_at.is_some()), EventKind::MessageClicked),
    ]
}

fn detail(changed: &Changed) -> Value {
    let mut detail = json!({ "workspace": changed.workspace, "at": changed.event.at });
    let about = match &changed.change {
        Change::Lead { old, new } => {
            let lead = new.as_ref().or(old.as_ref());
            json!({ "lead": lead.map(|lead| &lead.id) })
        }
        Change::Message { new, .. } => json!({
            "lead": new.id.lead(),
            "message": new.id,
            "campaign": new.campaign,
            "step": new.step_index,
            "channel": new.channel,
        }),
        Change::Enrolment { new, .. } => json!({ "lead": new.key().lead, "campaign": new.key().campaign }),
        Change::Transaction { new } => json!({
            "client": new.client,
            "lead": new.lead,
            "amount_minor": new.amount.amount_minor,
            "currency": new.amount.currency,
        }),
        Change::Campaign { new, .. } => json!({ "campaign": new.id, "state": new.state }),
        _ => Value::Null,
    };
    if let (Value::Object(detail), Value::Object(about)) = (&mut detail, about) {
        detail.extend(about.into_iter().filter(|(_, value)| !value.is_null()));
    }
    detail
}
