//! Attribution: which of our messages a reply, opt-out or complaint belongs to: the one that is named, else
//! the last one before it.

use crate::inbox::message_change::change_message;
use crate::ingesting::context::IngestPorts;
use crate::lead::change::change_lead;
use crate::ports::store::{StoreResult, found};
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::message::identity::message_of;
use domain::message::understanding::{ReplyKind, Understanding};
use domain::message::{Answered, Direction, Message};
use domain::{LeadId, MessageId, WorkspaceId};
use jiff::Timestamp;

#[derive(Debug, Clone, Copy)]
pub(super) enum Noted {
    Answer(Answered),
    OptOut,
    Complaint,
}

impl Noted {
    /// What an inbound message says about the message that it answers: nothing if it is neutral, or a machine's.
    pub fn of(understood: &Understanding) -> Option<Self> {
        match understood.kind {
            ReplyKind::OptOut => Some(Self::OptOut),
            _ if understood.is_refusal() => Some(Self::Answer(Answered::Refusal)),
            _ if understood.is_positive() => Some(Self::Answer(Answered::Positive)),
            _ => None,
        }
    }
}

/// Notes the reaction on its message, once. Messages outside a sequence are not credited with it.
pub(super) async fn note(
    ports: &IngestPorts,
    (workspace, lead): (&WorkspaceId, &LeadId),
    named: Option<&MessageId>,
    noted: Noted,
    (at, cause): (Timestamp, &str),
) -> StoreResult<()> {
    let id = match named {
        Some(id) => Some(id.clone()),
        None => last_before(ports, workspace, lead, at).await?,
    };
    let Some(id) = id else { return Ok(()) };
    change_message(&*ports.messages, workspace, &id, |message| {
        let known = match noted {
            Noted::Answer(_) => message.answered.is_some(),
            Noted::OptOut => message.opted_out,
            Noted::Complaint => message.complained,
        };
        if known || message.direction == Direction::In || message.step.is_none() {
            return None;
        }
        let kind = match noted {
            Noted::Answer(answered) => {
                message.answered = Some(answered);
                EventKind::MessageAnswered
            }
            Noted::OptOut => {
                message.opted_out = true;
                EventKind::MessageLedToOptOut
            }
            Noted::Complaint => {
                message.complained = true;
                EventKind::MessageComplainedOf
            }
        };
        Some(Event::new(kind, Actor::Lead, at).because(cause))
    })
    .await
    .map(drop)
}

/// Notes anew what an inbound message says about the message that it answers, because a user has corrected how it was
/// understood.
pub(super) async fn note_again(
    ports: &IngestPorts,
    inbound: &Message,
    understood: &Understanding,
    (at, cause): (Timestamp, &str),
) -> StoreResult<()> {
    let (workspace, lead) = (&inbound.workspace, inbound.id.lead());
    warm_again(ports, inbound, understood, (at, cause)).await?;
    let named = inbound.in_reply_to.as_deref().and_then(message_of).filter(|id| id.lead() == lead);
    let id = match named {
        Some(id) => Some(id),
        None => last_before(ports, workspace, &lead, inbound.created_at).await?,
    };
    let Some(id) = id else { return Ok(()) };
    let noted = Noted::of(understood);
    let answered = match noted {
        Some(Noted::Answer(answered)) => Some(answered),
        _ => None,
    };
    let opted_out = matches!(noted, Some(Noted::OptOut));
    change_message(&*ports.messages, workspace, &id, |message| {
        let is_same = (message.answered, message.opted_out) == (answered, opted_out);
        if is_same || message.direction == Direction::In || message.step.is_none() {
            return None;
        }
        (message.answered, message.opted_out) = (answered, opted_out);
        Some(Event::new(EventKind::UnderstandingCorrected, Actor::Lead, at).because(cause))
    })
    .await
    .map(drop)
}

/// Lets the lead's score follow: an answer that is a refusal after all does not warm, and the other way round.
async fn warm_again(
    ports: &IngestPorts,
    inbound: &Message,
    understood: &Understanding,
    (at, cause): (Timestamp, &str),
) -> StoreResult<()> {
    let warms = understood.warms();
    let change = |lead: &mut Lead| {
        let changed = lead.engagement.reread_reply(inbound.id.as_str(), warms, inbound.created_at);
        changed.then(|| Event::new(EventKind::UnderstandingCorrected, Actor::Lead, at).because(cause))
    };
    found(change_lead(&*ports.leads, &inbound.workspace, &inbound.id.lead(), change).await).map(drop)
}

async fn last_before(
    ports: &IngestPorts,
    workspace: &WorkspaceId,
    lead: &LeadId,
    at: Timestamp,
) -> StoreResult<Option<MessageId>> {
    let Some(file) = found(ports.leads.file(workspace, lead).await)? else { return Ok(None) };
    let ours = |message: &&Message| message.direction == Direction::Out && message.step.is_some();
    let before = |message: &Message| message.accepted_at.filter(|sent| *sent <= at);
    let last = file.messages.iter().filter(ours).filter(|message| before(message).is_some());
    Ok(last.max_by_key(|message| before(message)).map(|message| message.id.clone()))
}
