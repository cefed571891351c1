//! An inbound text, by SMS or on WhatsApp: an answer, STOP, or START.

use super::reply::{Answer, answered};
use super::{IngestPorts, Origin};
use crate::provider_events::OptOutWord;
use crate::store::{StoreResult, found};
use domain::conversation::UnmatchedReply;
use domain::event::{Actor, Event};
use domain::lead::Lead;
use domain::message::{Direction, Message, ReplyKind};
use domain::phone_number::PhoneNumber;
use domain::reply::{Classified, InboundText, classify};
use domain::sequence::Channel;
use domain::suppression::{SuppressionReason, SuppressionScope};

pub(super) struct Received {
    pub channel: Channel,
    pub from: String,
    pub to: String,
    pub text: String,
    pub provider_id: String,
    pub opt_out: Option<OptOutWord>,
}

pub(super) async fn receive(ports: &IngestPorts, origin: &Origin<'_>, text: &Received) -> StoreResult<()> {
    let Ok(number) = PhoneNumber::try_from(text.from.clone()) else {
        return unmatched(ports, origin, text).await;
    };
    let scope = SuppressionScope::Phone(number.to_string());
    if text.opt_out == Some(OptOutWord::Start) {
        return opt_in(ports, origin, &scope).await;
    }
    let classified = classified_text(origin, text);
    if classified.kind == ReplyKind::OptOut {
        // Whoever has this number, and whether we know them or not.
        super::reply::suppress(ports, origin, scope, SuppressionReason::OptedOut, &text.provider_id).await?;
    }
    let Some((person, last)) = whose(ports, origin, text.channel, &number).await? else {
        return unmatched(ports, origin, text).await;
    };
    let answer = Answer {
        lead: &person,
        channel: text.channel,
        classified: &classified,
        from: &text.from,
        to: &text.to,
        subject: "",
        text: &text.text,
        internet_id: None,
        in_reply_to: None,
        campaign: last.as_ref().and_then(|message| message.campaign.clone()),
        answers: last.as_ref().map(|message| &message.id),
        sent_at: last.as_ref().and_then(|message| message.accepted_at),
        external_id: &text.provider_id,
    };
    answered(ports, origin, &answer).await
}

fn classified_text(origin: &Origin<'_>, text: &Received) -> Classified {
    let mut classified = classify(&InboundText {
        channel: text.channel,
        headers: &[],
        from: &text.from,
        subject: "",
        text: &text.text,
        received_at: origin.received_at,
        zone: &jiff::tz::TimeZone::UTC,
    });
    if text.opt_out == Some(OptOutWord::Stop) {
        classified.kind = ReplyKind::OptOut;
        classified.rule = "provider_says_stop";
    }
    classified
}

/// Of those with this number, the one we wrote to last, and what.
async fn whose(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    channel: Channel,
    number: &PhoneNumber,
) -> StoreResult<Option<(Lead, Option<Message>)>> {
    let ids = ports.leads.find_by_phone(origin.workspace, number).await?;
    let mut best = None;
    for id in &ids {
        let Some(file) = found(ports.leads.file(origin.workspace, id).await)? else { continue };
        let texts = file.messages.iter().filter(|m| m.direction == Direction::Out && m.channel == channel);
        let last = texts.filter(|m| m.accepted_at.is_some()).max_by_key(|m| m.accepted_at).cloned();
        let at = |last: &Option<Message>| last.as_ref().and_then(|message| message.accepted_at);
        if best.as_ref().is_none_or(|(_, before)| at(&last) > at(before)) {
            best = Some((file.lead, last));
        }
    }
    Ok(best)
}

/// START lifts what STOP had set, and nothing else.
async fn opt_in(ports: &IngestPorts, origin: &Origin<'_>, scope: &SuppressionScope) -> StoreResult<()> {
    let listed = ports.suppressions.find(origin.workspace, std::slice::from_ref(scope)).await?;
    if listed.iter().any(|entry| entry.reason == SuppressionReason::OptedOut) {
        let event = Event::new("number_opted_in", Actor::Lead, origin.received_at).because(origin.event_id);
        ports.suppressions.delete(origin.workspace, scope, &event).await?;
    }
    Ok(())
}

async fn unmatched(ports: &IngestPorts, origin: &Origin<'_>, text: &Received) -> StoreResult<()> {
    let reply = UnmatchedReply {
        workspace: origin.workspace.clone(),
        channel: text.channel,
        from: text.from.clone(),
        subject: String::new(),
        text: text.text.clone(),
        blob: None,
        received_at: origin.received_at,
        external_id: text.provider_id.clone(),
    };
    let event = Event::new("reply_unmatched", Actor::Provider(origin.connection.clone()), origin.received_at);
    ports.conversations.put_unmatched(&reply, &event).await
}
