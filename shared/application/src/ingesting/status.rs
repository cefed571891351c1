//! Handles delivery reports: how far one of our messages got, as its provider reports it.

use crate::inbox::author_notice::{AuthorNotice, notify_and_reopen};
use crate::ingesting::bounce::is_address_dead;
use crate::ingesting::context::{IngestError, IngestPorts, Origin, known_message};
use crate::ingesting::opt_out::Why;
use crate::lead::address_closed::{ClosingPorts, close_channel_in_campaign};
use crate::ports::provider_events::Addressee;
use crate::ports::store::{StoreResult, found};
use crate::sending::note_blocked;
use crate::sending::uncertain::{change_sent, record_sent};
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::EndReason;
use domain::event::{Actor, Event, EventKind};
use domain::lead::suppression::{StopSign, SuppressionReason, SuppressionScope};
use domain::message::failure_class::FailureClass;
use domain::message::{Direction, Failure, Message, MessageState};
use jiff::Timestamp;

/// Notifies users of a failure that is the sending account's fault. The lead is left as it is.
pub(super) async fn note_sender_fault(
    ports: &IngestPorts,
    message: &Message,
    Failure { class, detail, .. }: &Failure,
    at: Timestamp,
) -> StoreResult<()> {
    let Some(account) = message.account.as_ref().filter(|_| class.stops_sender()) else { return Ok(()) };
    match found(ports.accounts.get(&message.workspace, account).await)? {
        Some(account) => note_blocked(&*ports.notifications, &account, detail, at).await,
        None => Ok(()),
    }
}

/// A provider's report about one message.
pub(super) struct Report {
    pub state: MessageState,
    pub provider_id: Option<String>,
    pub failure: Option<Failure>,
    /// Whether the address will refuse later messages, too.
    pub suppress: bool,
    pub addressee: Addressee,
}

pub(super) async fn report(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    id: &MessageId,
    report: &Report,
) -> Result<(), IngestError> {
    let at = origin.received_at;
    origin.findings.concerns(&id.lead());
    if let Some(failure) = report.failure.as_ref().filter(|_| !origin.was_handled()) {
        record_sent(&ports.settle, origin.workspace, id, Actor::System, at).await?;
        let Some(known) = known_message(ports, origin.workspace, id).await? else {
            return Ok(());
        };
        // The same report has been handled; a user may have taken the number off the suppression list since.
        if known.state == report.state && known.failure.as_ref() == Some(failure) {
            return Ok(());
        }
        apply_failure(ports, origin, &known, (report, failure)).await?;
    }
    change_sent(&ports.settle, (origin.workspace, id), at, |message| {
        let known = message.provider_id.as_ref();
        let foreign = report.provider_id.as_ref().is_some_and(|id| known.is_some_and(|known| known != id));
        // The answer to the send was lost: with the id noted here, no other message with the same text can claim the
        // provider's record.
        let names_it = known.is_none() && report.provider_id.is_some() && message.accepted_at.is_some();
        // A report with another id belongs to another message: providers keep the id they gave.
        if foreign || !(message.raise_state(report.state, at) || names_it) {
            return None;
        }
        message.provider_id = message.provider_id.take().or_else(|| report.provider_id.clone());
        message.failure = message.failure.take().or_else(|| report.failure.clone());
        let kind = match report.state {
            MessageState::Delivered => EventKind::MessageDelivered,
            MessageState::Failed => EventKind::MessageFailed,
            MessageState::Bounced => EventKind::MessageBounced,
            _ => EventKind::MessageReported,
        };
        Some(Event::new(kind, Actor::Provider(origin.account.clone()), at).because(origin.event_id))
    })
    .await?;
    Ok(())
}

/// Applies what a failure means for the message's author, channel, address and lead. It comes first, because a
/// repeated report is recognised by the message's state, which is written last.
async fn apply_failure(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    known: &Message,
    (report, failure): (&Report, &Failure),
) -> StoreResult<()> {
    let (id, at) = (&known.id, origin.received_at);
    note_sender_fault(ports, known, failure, at).await?;
    if known.test {
        return Ok(());
    }
    let of_another = known
        .provider_id
        .as_ref()
        .is_some_and(|known| report.provider_id.as_ref().is_some_and(|id| id != known));
    let ends = matches!(report.state, MessageState::Failed | MessageState::Bounced);
    if ends && report.state >= known.state && !of_another {
        let message = Message { failure: known.failure.clone().or(Some(failure.clone())), ..known.clone() };
        let stores = (&*ports.notifications, &*ports.conversations, &*ports.leads);
        notify_and_reopen(stores, &message, AuthorNotice::CameBack, at).await?;
    }
    if failure.class.is_of_the_channel()
        && let Some(campaign) = known.campaign.clone()
    {
        let event = Event::system(EventKind::ChannelFailed, at).because(id.as_str());
        let key = EnrolmentKey { workspace: known.workspace.clone(), lead: id.lead(), campaign };
        close_channel_in_campaign(&ClosingPorts::from(&ports.enrol), &key, known.channel, &event).await?;
    }
    if !report.suppress || !went_to(known, &report.addressee) {
        return Ok(());
    }
    let opted_out = failure.class == FailureClass::OptedOut;
    let refused = report.addressee.end.as_deref();
    if known.channel == Channel::Email
        && !opted_out
        && !is_address_dead(ports, origin, known, refused).await?
    {
        return Ok(());
    }
    let reason = if opted_out { SuppressionReason::OptedOut } else { SuppressionReason::HardBounce };
    let why = Why { reason, sign: opted_out.then(|| StopSign::told_to_provider(known.channel)) };
    if let Some(scope) = SuppressionScope::of_recipient(known.channel, &known.to) {
        super::opt_out::suppress(ports, origin, (scope, at), why, id.as_str()).await?;
    }
    // A bounce of a former address says nothing about the present one.
    if known.channel == Channel::Email
        && !opted_out
        && super::context::lead(ports, origin, &id.lead())
            .await?
            .is_some_and(|person| person.is_reached_at(&known.to))
    {
        let event = Event::system(EventKind::LeadBounced, at).because(id.as_str());
        let whole = (Channel::Email, EndReason::Bounced);
        super::opt_out::end_or_close(ports, origin, &id.lead(), whole, &event).await?;
    }
    if opted_out {
        let event = Event::system(EventKind::LeadOptedOut, at).because(id.as_str());
        let whole = (known.channel, EndReason::OptedOut);
        super::opt_out::end_or_close(ports, origin, &id.lead(), whole, &event).await?;
        // The lead may have been merged into another one since, which has other addresses; or have an id beside its number.
        if let Some(person) = super::context::lead(ports, origin, &id.lead()).await?
            && (person.id != id.lead() || person.chat_user.is_some())
        {
            let whose = (&person, [None, None]);
            super::opt_out::suppress_person(ports, origin, whose, (known.channel, at), why, id.as_str())
                .await?;
        }
    }
    Ok(())
}

/// Tells whether a message went where its provider's report says. A report that names nobody is believed: it names the
/// message. A report may name the person by their id where the message went to the number, and the other way round.
pub(super) fn went_to(message: &Message, addressee: &Addressee) -> bool {
    let Some(told) = addressee.to.as_deref() else { return message.direction == Direction::Out };
    let told = told.rsplit_once('<').map_or(told, |(_, rest)| rest).trim_end_matches('>').trim();
    let scope = |address: &str| SuppressionScope::of_recipient(message.channel, address);
    let is_user = |scope: &SuppressionScope| matches!(scope, SuppressionScope::ChatUser(_));
    let same = match (scope(told), scope(&message.to)) {
        // A number and an id cannot be compared.
        (Some(told), Some(to)) => told == to || is_user(&told) != is_user(&to),
        _ => told.eq_ignore_ascii_case(&message.to) || message.channel == Channel::Whatsapp,
    };
    if !same {
        tracing::warn!(message.id = %message.id, "a report names another recipient than the message had");
    }
    same && message.direction == Direction::Out
}
