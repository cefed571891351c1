//! Handles a report that a mail came back (RFC 3464).

use crate::inbox::author_notice::{AuthorNotice, notify_and_reopen};
use crate::ingesting::context::{IngestError, IngestPorts, Origin, known_message};
use crate::ingesting::reply::{end_or_close, lead, suppress};
use crate::ingesting::status::note_sender_fault;
use crate::ports::provider_events::{BounceReport, InboundEmail, ReturnedMail};
use crate::ports::store::{StoreResult, found};
use crate::sending::uncertain::{change_sent, record_sent};
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::enrolment::reasons::EndReason;
use domain::event::{Actor, Event, EventKind};
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::message::bounce::{EnhancedCode, classify, codes_in, soft_suppression};
use domain::message::failure_class::FailureClass;
use domain::message::identity::message_of;
use domain::message::{Failure, Message, MessageState};

pub(super) async fn receive(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    mail: &InboundEmail,
    report: &BounceReport,
) -> Result<(), IngestError> {
    let Some(id) = find_returned_message(mail, &report.original) else {
        tracing::info!(workspace.id = %origin.workspace, "a bounce names none of our messages");
        return Ok(());
    };
    let at = origin.received_at;
    record_sent(&ports.settle, origin.workspace, &id, Actor::System, at).await?;
    if report.action != "failed" {
        return Ok(());
    }
    let class = class_of(report);
    let failure = Failure {
        class,
        code: Some(report.status.clone()),
        detail: report.diagnostic.chars().take(500).collect(),
    };
    let Some(known) = known_message(ports, origin.workspace, &id).await? else {
        return Ok(());
    };
    // The same report has been handled; a user may have taken the address off the suppression list since.
    let same = known.failure.as_ref().is_some_and(|known| known.class == failure.class);
    if known.state == MessageState::Bounced && same {
        return Ok(());
    }
    let message = Message { failure: Some(failure.clone()), ..known };
    note_sender_fault(ports, &message, &failure, at).await?;
    if !message.test {
        apply_bounce(ports, origin, &message, class).await?;
    }
    // This is written last, because a repeated report is recognised by it.
    change_sent(&ports.settle, (origin.workspace, &id), at, |message| {
        message.raise_state(MessageState::Bounced, at).then(|| {
            message.failure = Some(failure.clone());
            Event::new(EventKind::MessageBounced, Actor::Provider(origin.account.clone()), at)
                .because(origin.event_id)
        })
    })
    .await?;
    Ok(())
}

/// Applies what the bounce means for the message's author, its address and its lead.
async fn apply_bounce(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    message: &Message,
    class: FailureClass,
) -> StoreResult<()> {
    let (id, at) = (&message.id, origin.received_at);
    let stores = (&*ports.notifications, &*ports.conversations, &*ports.leads);
    notify_and_reopen(stores, message, AuthorNotice::CameBack, at).await?;
    if class.is_soft() {
        return suppress_temporarily(ports, origin, message).await;
    }
    if !class.suppresses() {
        return Ok(());
    }
    let scope = (SuppressionScope::Email(message.to.clone()), origin.received_at);
    suppress(ports, origin, scope, SuppressionReason::HardBounce, id.as_str()).await?;
    // A bounce of a former address says nothing about the present one.
    let person = lead(ports, origin, &id.lead()).await?;
    if !person.is_some_and(|person| person.is_reached_at(&message.to)) {
        return Ok(());
    }
    let event = Event::system(EventKind::LeadBounced, at).because(id.as_str());
    end_or_close(ports, origin, &id.lead(), (Channel::Email, EndReason::Bounced), &event).await
}

/// Suppresses the address for a while after the third soft bounce (mailbox full, or temporarily failing) of different
/// steps.
async fn suppress_temporarily(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    message: &Message,
) -> StoreResult<()> {
    let Some(file) = found(ports.leads.file(origin.workspace, &message.id.lead()).await)? else {
        return Ok(());
    };
    let came_back = |other: &&Message| {
        let soft = other.failure.as_ref().is_some_and(|failure| failure.class.is_soft());
        let came_back = soft && other.state == MessageState::Bounced && other.to == message.to;
        came_back || other.id == message.id
    };
    let step = |other: &Message| other.step.as_ref().map_or(other.id.to_string(), ToString::to_string);
    let bounces: Vec<_> = file.messages.iter().filter(came_back).map(|m| (step(m), m.created_at)).collect();
    let Some(until) = soft_suppression(&bounces, origin.received_at) else { return Ok(()) };
    let entry = Suppression {
        workspace: origin.workspace.clone(),
        scope: SuppressionScope::Email(message.to.clone()),
        reason: SuppressionReason::HardBounce,
        source: Some(message.id.to_string()),
        created_by: None,
        created_at: origin.received_at,
        expires_at: Some(until),
    };
    let event = Event::system(EventKind::AddressSuppressed, origin.received_at).because(message.id.as_str());
    ports.suppressions.put(&entry, &event).await
}

/// Finds our message in the returned headers, by tag or by Message-ID; some reports only reply to it.
pub(super) fn find_returned_message(mail: &InboundEmail, original: &ReturnedMail) -> Option<MessageId> {
    let by_tag = original.tag.as_deref().and_then(|tag| MessageId::parse(tag).ok());
    let by_id = || original.id.as_deref().and_then(message_of);
    let by_answer = || mail.in_reply_to.as_deref().and_then(message_of);
    by_tag.or_else(by_id).or_else(by_answer)
}

fn class_of(report: &BounceReport) -> FailureClass {
    let (reply, enhanced) = codes_in(&report.diagnostic);
    classify(reply, EnhancedCode::parse(&report.status).or(enhanced), &report.diagnostic)
}
