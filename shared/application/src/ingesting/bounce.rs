//! Handles a bounce: a report (RFC 3464), or a mail server's prose, that one of our mails came back.

use crate::inbox::author_notice::{AuthorNotice, notify_and_reopen};
use crate::ingesting::context::{IngestError, IngestPorts, Origin, known_message, lead};
use crate::ingesting::opt_out::{end_or_close, suppress};
use crate::ingesting::status::note_sender_fault;
use crate::lead::change::find_by_present_or_former_email;
use crate::lead::suppressing::suppress_scope;
use crate::ports::leads::{Activity, ActivityKind};
use crate::ports::provider_events::InboundEmail;
use crate::ports::store::{StoreResult, found, unless_taken};
use crate::sending::uncertain::{change_sent, record_sent};
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::reasons::EndReason;
use domain::event::{Actor, Event, EventKind};
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::message::bounce::{RefusedBy, soft_suppression};
use domain::message::failure_class::FailureClass;
use domain::message::identity::message_of;
use domain::message::inbound_outcome::Became;
use domain::message::{Direction, Failure, Message, MessageState};
use understanding::{Bounce, Understood};

/// Handles the bounce of the mail of ours that it returns or names by its id. A report that does neither may be about
/// anybody's mail, or made up: it lists nobody, whatever address it names.
pub(super) async fn receive(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    mail: &InboundEmail,
    read: &Understood,
) -> Result<(), IngestError> {
    match find_returned_message(ports, origin, mail, read).await? {
        Some(message) => came_back(ports, origin, message, read).await,
        None => {
            tracing::info!(workspace.id = %origin.workspace, "a bounce returns none of our messages");
            Ok(())
        }
    }
}

async fn came_back(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    known: Message,
    read: &Understood,
) -> Result<(), IngestError> {
    let (at, id) = (origin.received_at, known.id.clone());
    record_sent(&ports.settle, origin.workspace, &id, Actor::System, at).await?;
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
        let refused = bounce.refused_by.as_deref().or(bounce.address.as_deref());
        apply_bounce(ports, origin, &message, (class, refused)).await?;
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

/// Returns what a bounce says of our recipient: their own line, or the only one unless they have got the mail. That one
/// may name another address, to which they have their mail passed on.
fn of_recipient<'a>(read: &'a Understood, to: &str) -> Option<&'a Bounce> {
    let is_theirs = |address: &str| address.eq_ignore_ascii_case(to);
    let own = read.bounces.iter().find(|bounce| bounce.address.as_deref().is_some_and(is_theirs));
    let arrived = read.delivered.iter().any(|address| is_theirs(address));
    let only = || read.bounces.first().filter(|_| read.bounces.len() == 1 && !arrived);
    own.or_else(only)
}

/// Applies what the bounce means for the message's author, its address and its lead.
async fn apply_bounce(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    message: &Message,
    (class, refused): (FailureClass, Option<&str>),
) -> StoreResult<()> {
    let (id, at) = (&message.id, origin.received_at);
    let stores = (&*ports.notifications, &*ports.conversations, &*ports.leads);
    notify_and_reopen(stores, message, AuthorNotice::CameBack, at).await?;
    if class.is_soft() {
        return match refused.map(|refused| RefusedBy::of(&message.to, refused)) {
            Some(RefusedBy::Member) => Ok(()),
            _ => suppress_temporarily(ports, origin, message).await,
        };
    }
    if !class.suppresses() || !is_address_dead(ports, origin, message, refused).await? {
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
        sign: None,
    };
    let event = Event::system(EventKind::AddressSuppressed, origin.received_at).because(message.id.as_str());
    suppress_scope(&ports.suppressing, &entry, &event).await.map(drop)
}

/// Finds the mail of ours that a report returns, by our tag, by the Message-ID that we gave it or that its provider did;
/// some reports only reply to it. A report that returns nothing of ours, or the mail of another workspace, has none.
pub(super) async fn find_returned_message(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    mail: &InboundEmail,
    read: &Understood,
) -> StoreResult<Option<Message>> {
    let returned = read.returned.as_ref();
    let tag = returned.and_then(|returned| returned.tag.as_deref());
    let named = returned.and_then(|returned| returned.id.as_deref());
    let answered = mail.in_reply_to.iter().chain(mail.references.iter().rev()).map(String::as_str);
    let ids: Vec<&str> = named.into_iter().chain(answered).collect();
    let ours = tag.and_then(|tag| MessageId::parse(tag).ok());
    let mut tried: Vec<MessageId> = Vec::new();
    for id in ours.into_iter().chain(ids.iter().copied().filter_map(message_of)).take(MOST_IDS) {
        if tried.contains(&id) {
            continue;
        }
        let known = known_message(ports, origin.workspace, &id).await?;
        if let Some(message) = known.filter(is_mail_of_ours) {
            return Ok(Some(message));
        }
        tried.push(id);
    }
    let lines = read.bounces.iter().filter_map(|bounce| bounce.address.as_deref());
    let to = returned.and_then(|returned| returned.to.as_deref());
    for address in to.into_iter().chain(lines).take(MOST_IDS) {
        if let Some(message) = named_by_provider(ports, origin, address, &ids).await? {
            return Ok(Some(message));
        }
    }
    Ok(None)
}

/// The most messages, and the most addresses, that are looked up for one report.
const MOST_IDS: usize = 5;

fn is_mail_of_ours(message: &Message) -> bool {
    message.direction == Direction::Out && message.channel == Channel::Email
}

/// Finds our mail to this address that has one of these Message-IDs: some providers replace ours.
async fn named_by_provider(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    address: &str,
    ids: &[&str],
) -> StoreResult<Option<Message>> {
    let Some(address) = EmailAddress::parse(address).ok().filter(|_| !ids.is_empty()) else {
        return Ok(None);
    };
    let found_lead = find_by_present_or_former_email(&*ports.leads, origin.workspace, &address).await?;
    let Some(lead) = found_lead else { return Ok(None) };
    let Some(file) = found(ports.leads.file(origin.workspace, &lead).await)? else { return Ok(None) };
    let has_id = |message: &Message| {
        message.internet_id.as_deref().is_some_and(|own| ids.iter().any(|id| id.eq_ignore_ascii_case(own)))
    };
    let is_it = |message: &Message| {
        is_mail_of_ours(message) && message.to.eq_ignore_ascii_case(address.as_str()) && has_id(message)
    };
    Ok(file.messages.into_iter().find(is_it))
}

/// Tells whether the bounce says that nobody is reached at the address any more. A mailbox behind it says so if it is the
/// only one; one of several does not at once, but if another mail to the address has come back for good before. The
/// timeline tells which mailbox it was.
pub(super) async fn is_address_dead(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    message: &Message,
    refused: Option<&str>,
) -> StoreResult<bool> {
    let by = refused.map_or(RefusedBy::Address, |refused| RefusedBy::of(&message.to, refused));
    let (to, behind) = (&message.to, refused.unwrap_or_default());
    let (is_dead, told) = match by {
        RefusedBy::Address => return Ok(true),
        RefusedBy::Forward => (true, format!("{to} passes its mail on to {behind}, which does not exist.")),
        RefusedBy::Member => {
            let file = found(ports.leads.file(origin.workspace, &message.id.lead()).await)?;
            let came_back = |other: &Message| {
                other.id != message.id
                    && other.to.eq_ignore_ascii_case(to)
                    && other.state == MessageState::Bounced
                    && other.failure.as_ref().is_some_and(|failure| failure.class.suppresses())
            };
            let again = file.is_some_and(|file| file.messages.iter().any(came_back));
            let told =
                format!("{behind}, a mailbox behind {to}, does not exist. Others may have got the mail.");
            (again, told)
        }
    };
    let activity = Activity {
        id: format!("behind-{}", message.id),
        at: origin.received_at,
        kind: ActivityKind::Note { text: told.chars().take(1_000).collect() },
        actor: None,
    };
    unless_taken(ports.leads.put_activity(origin.workspace, &message.id.lead(), &activity).await)?;
    Ok(is_dead)
}
