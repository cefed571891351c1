//! Writing down the outcome of a message, for steps, one-off and bulk messages alike. What is known already is never lowered:
//! evidence may have come first, or an earlier attempt may report late.

use crate::lead::suppressing::suppress_scope;
use crate::ports::provider_calls::{Accepted, OpenAccount};
use crate::ports::store::{StoreError, StoreResult, found, unless_taken};
use crate::sending::account_health::note_works;
use crate::sending::ports::SendPorts;
use crate::sending::run::SendRun;
use crate::sending::uncertain::{close_question, close_questions};
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::stage::StageId;
use domain::lead::suppression::{StopSign, Suppression, SuppressionReason, SuppressionScope};
use domain::message::{Message, MessageState};
use domain::workspace::task::Task;
use jiff::Timestamp;

/// Records that the provider accepted the message, which says that its account works, too. `tasks` are its lead's.
pub(super) async fn write_accepted(
    run: &mut SendRun<'_>,
    message: &mut Message,
    accepted: Accepted,
    account: &OpenAccount,
    probe: bool,
    tasks: &[Task],
) -> StoreResult<()> {
    let (ports, now) = (run.ports, run.now());
    message.state = MessageState::Accepted;
    message.accepted_at = Some(now);
    message.provider_id = accepted.provider_id;
    message.internet_id = accepted.internet_id.or(message.internet_id.take());
    message.frozen = None;
    write_outcome(ports, message, EventKind::MessageAccepted).await?;
    close_questions(&*ports.tasks, tasks, message, now).await?;
    run.breakers.answered(ports, account, probe, message.id.as_str()).await;
    note_works(ports, account, now).await;
    Ok(())
}

/// Writes the message, unless what is stored tells as much or more.
pub(super) async fn write_outcome(ports: &SendPorts, message: &Message, event: EventKind) -> StoreResult<()> {
    let now = ports.clock.now();
    let event = Event::system(event, now);
    match ports.messages.save(message, &event).await {
        Err(StoreError::Conflict) => {}
        other => return other.map(drop),
    }
    let stored = ports.messages.get(&message.workspace, &message.id).await?;
    if stored.state >= MessageState::Accepted && stored.state != MessageState::Cancelled {
        return complete(ports, stored, message, &event).await;
    }
    let tells_nothing = stored.attempt.map(|attempt| attempt.rev)
        > message.attempt.map(|attempt| attempt.rev)
        && message.accepted_at.is_none();
    let as_late = stored.last_tried_at() >= message.last_tried_at();
    let is_known = stored.state == message.state && stored.failure == message.failure && as_late;
    if tells_nothing || is_known {
        return Ok(());
    }
    let mut newer = Message { rev: stored.rev, ..message.clone() };
    if stored.draft().is_some() && newer.accepted_at.is_none() {
        // Another function may be sending this draft: it must not be lost sight of.
        newer.provider_id.clone_from(&stored.provider_id);
    }
    ports.messages.save(&newer, &event).await?;
    // A function that took this attempt for lost, by a clock that is ahead, may have asked a user about it.
    if stored.state == MessageState::Uncertain && message.state != MessageState::Uncertain {
        close_question(&*ports.tasks, &stored, Actor::System, now).await?;
    }
    Ok(())
}

/// Adds the provider's ids to a message that evidence recorded as accepted before its sender could.
async fn complete(
    ports: &SendPorts,
    mut stored: Message,
    message: &Message,
    event: &Event,
) -> StoreResult<()> {
    let known = (stored.provider_id.clone(), stored.internet_id.clone());
    stored.provider_id = stored.provider_id.or_else(|| message.provider_id.clone());
    stored.internet_id = stored.internet_id.or_else(|| message.internet_id.clone());
    stored.frozen = None;
    if message.accepted_at.is_none() || known == (stored.provider_id.clone(), stored.internet_id.clone()) {
        return Ok(());
    }
    unless_taken(ports.messages.save(&stored, event).await.map(drop))
}

/// Notes the first message in its lead. Returns the lead if it was written.
pub(super) async fn note_contact(
    ports: &SendPorts,
    lead: &Lead,
    message: &Message,
    at: Timestamp,
) -> StoreResult<Option<Lead>> {
    // A lead that was contacted before is not read again.
    if lead.status != StageId::NEW {
        return Ok(None);
    }
    crate::lead::change::first_contact(&*ports.leads, lead, message, at).await
}

/// Lists an address that refuses later messages, too. An opt-out is listed at the addresses of the lead that this one
/// was merged into, as well, and under WhatsApp's id.
pub(super) async fn suppress_address(
    ports: &SendPorts,
    message: &Message,
    opted_out: bool,
) -> StoreResult<()> {
    let (now, channel) = (ports.clock.now(), message.channel);
    let mut scopes = Vec::from_iter(SuppressionScope::of_recipient(channel, &message.to));
    if opted_out
        && let Some(lead) = found(ports.leads.get(&message.workspace, &message.id.lead()).await)?
        && (lead.id != message.id.lead() || lead.chat_user.is_some())
    {
        let own = SuppressionScope::of_person(&lead, channel);
        scopes.extend(own.into_iter().filter(|scope| !scopes.contains(scope)).collect::<Vec<_>>());
    }
    for scope in scopes {
        let entry = Suppression {
            workspace: message.workspace.clone(),
            scope,
            reason: if opted_out { SuppressionReason::OptedOut } else { SuppressionReason::HardBounce },
            source: Some(message.id.to_string()),
            created_by: None,
            created_at: now,
            expires_at: None,
            sign: opted_out.then(|| StopSign::told_to_provider(channel)),
        };
        let event = Event::system(EventKind::AddressSuppressed, now);
        suppress_scope(&ports.suppressing, &entry, &event).await?;
    }
    Ok(())
}
