//! Handles a bounce: a report (RFC 3464), or a mail server's prose, that one of our mails came back.

use crate::inbox::author_notice::{AuthorNotice, notify_and_reopen};
use crate::ingesting::context::{IngestError, IngestPorts, Origin, known_message, lead};
use crate::ingesting::opt_out::{end_or_close, suppress};
use crate::ingesting::status::note_sender_fault;
use crate::lead::change::find_by_present_or_former_email;
use crate::ports::provider_events::InboundEmail;
use crate::ports::store::{StoreResult, found};
use crate::sending::uncertain::{change_sent, record_sent};
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::reasons::EndReason;
use domain::event::{Actor, Event, EventKind};
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::message::bounce::soft_suppression;
use domain::message::failure_class::FailureClass;
use domain::message::identity::message_of;
use domain::message::inbound_outcome::Became;
use domain::message::{Direction, Failure, Message, MessageState};
use jiff::SignedDuration;
use understanding::{Bounce, Returned, Understood};

/// Handles the bounce of each of our mails that it is about: the one that it returns or answers, else the last one to
/// each address that it names.
pub(super) async fn receive(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    mail: &InboundEmail,
    read: &Understood,
) -> Result<(), IngestError> {
    if let Some(id) = find_returned_message(mail, read.returned.as_ref()) {
        return one_came_back(ports, origin, &id, read).await;
    }
    let mut is_known = false;
    for bounce in &read.bounces {
        if let Some(id) = last_mail_to(ports, origin, bounce.address.as_deref()).await? {
            one_came_back(ports, origin, &id, read).await?;
            is_known = true;
        }
    }
    if !is_known {
        tracing::info!(workspace.id = %origin.workspace, "a bounce names none of our messages");
    }
    Ok(())
}

async fn one_came_back(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    id: &MessageId,
    read: &Understood,
) -> Result<(), IngestError> {
    let at = origin.received_at;
    record_sent(&ports.settle, origin.workspace, id, Actor::System, at).await?;
    let Some(known) = known_message(ports, origin.workspace, id).await? else {
        return Ok(());
    };
    origin.findings.concerns(&id.lead());
    let Some(bounce) = of_recipient(read, &known.to).filter(|bounce| !bounce.delayed) else {
        return Ok(());
    };
    origin.findings.became(Became::Bounce);
    let class = FailureClass::parse(bounce.class.code()).unwrap_or(FailureClass::Unknown);
    let failure = Failure { class, code: bounce.code.clone(), detail: bounce.words.clone() };
    // The same report has been handled; a user may have taken the address off the suppression list since.
    let same = known.failure.as_ref().is_some_and(|known| known.class == failure.class);
    if known.state == MessageState::Bounced && (same || origin.was_handled()) {
        return Ok(());
    }
    let message = Message { failure: Some(failure.clone()), ..known };
    note_sender_fault(ports, &message, &failure, at).await?;
    if !message.test {
        apply_bounce(ports, origin, &message, class).await?;
    }
    // This is written last, because a repeated report is recognised by it.
    change_sent(&ports.settle, (origin.workspace, id), at, |message| {
        message.raise_state(MessageState::Bounced, at).then(|| {
            message.failure = Some(failure.clone());
            Event::new(EventKind::MessageBounced, Actor::Provider(origin.account.clone()), at)
                .because(origin.event_id)
        })
    })
    .await?;
    Ok(())
}

/// Returns what a bounce says of our recipient: their own line, or the only one unless they have got the mail. That one
/// may name another address, to which they have their mail passed on.
fn of_recipient<'a>(read: &'a Understood, to: &str) -> Option<&'a Bounce> {
    let is_theirs = |address: &str| address.eq_ignore_ascii_case(to);
    let own = read.bounces.iter().find(|bounce| bounce.address.as_deref().is_some_and(is_theirs));
    let arrived = read.delivered.iter().any(|address| is_theirs(address));
    let only = || read.bounces.first().filter(|_| read.bounces.len() == 1 && !arrived);
    own.or_else(only)
}

/// A bounce without a trace of our mail comes within so long after it; servers give up after five days.
const COMES_BACK_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Finds our last mail to this address.
pub(super) async fn last_mail_to(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    address: Option<&str>,
) -> StoreResult<Option<MessageId>> {
    let Some(address) = address.and_then(|address| EmailAddress::parse(address).ok()) else {
        return Ok(None);
    };
    let found_lead = find_by_present_or_former_email(&*ports.leads, origin.workspace, &address).await?;
    let Some(lead) = found_lead else { return Ok(None) };
    let Some(file) = found(ports.leads.file(origin.workspace, &lead).await)? else { return Ok(None) };
    let since = origin.received_at - COMES_BACK_WITHIN;
    let to_it = file.messages.into_iter().filter(|message| {
        message.direction == Direction::Out
            && message.channel == Channel::Email
            && message.to.eq_ignore_ascii_case(address.as_str())
            && message.accepted_at.is_some_and(|sent| sent >= since && sent <= origin.received_at)
    });
    Ok(to_it.max_by_key(|message| message.accepted_at).map(|message| message.id))
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
pub(super) fn find_returned_message(mail: &InboundEmail, returned: Option<&Returned>) -> Option<MessageId> {
    let by_tag = || returned?.tag.as_deref().and_then(|tag| MessageId::parse(tag).ok());
    let by_id = || returned?.id.as_deref().and_then(message_of);
    let answered = mail.in_reply_to.iter().chain(mail.references.iter().rev());
    by_tag().or_else(by_id).or_else(|| answered.map(String::as_str).find_map(message_of))
}
