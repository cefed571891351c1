//! Recording the outcome of an attempt at a one-off or bulk message. The policy says what becomes of a message that was not
//! accepted; here it is written down. Each write comes before the hint that finds the message again: until then its queue
//! message does.

use crate::inbox::author_notice::{AuthorNotice, notify_and_reopen};
use crate::inbox::conversation_changes::show_as_sent;
use crate::ports::provider_calls::{Accepted, OpenAccount, SendError, SenderClass};
use crate::ports::store::{StoreError, StoreResult};
use crate::sending::account_health::note_error;
use crate::sending::bulk_message::wait_for_account;
use crate::sending::evidence::next_look;
use crate::sending::message_outcome::{note_contact, suppress_address, write_accepted, write_outcome};
use crate::sending::one_off::context::{OneOff, put_next_look};
use crate::sending::ports::SendPorts;
use crate::sending::provider_answer::{Call, Heard, handle_failure};
use crate::sending::ready::may_be_repeated;
use crate::sending::run::SendRun;
use crate::sending::sent::Sent;
use crate::sending::uncertain::{ask_user, close_questions};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::message::failure_class::FailureClass;
use domain::message::send_policy::{Disposition, SendAnswer, SendKind};
use domain::message::{Failure, Message, MessageState};
use jiff::Timestamp;

/// A message that is claimed.
pub(crate) struct Claimed {
    pub one_off: OneOff,
    /// The claim's token.
    pub token: String,
    pub account: OpenAccount,
    pub class: SenderClass,
    /// Whether everybody else waits for the outcome of this call.
    pub probe: bool,
    /// Whether an earlier attempt may have gone out.
    pub again: bool,
    /// When the request was last repeated before.
    pub last_repeat: Option<Timestamp>,
}

pub(crate) async fn record(
    run: &mut SendRun<'_>,
    mut claimed: Claimed,
    result: Result<Accepted, SendError>,
) -> StoreResult<Sent> {
    let (ports, now) = (run.ports, run.now());
    claimed.one_off.message.claim = None;
    let error = match result {
        Ok(accepted) => return record_accepted(run, claimed, accepted).await,
        Err(error) => error,
    };
    let message = &claimed.one_off.message;
    let has_key = may_be_repeated(claimed.class, &claimed.one_off.recipient_lead(), message, now);
    claimed.again |= matches!(error, SendError::Uncertain(_)) && has_key;
    let call = Call {
        account: &claimed.account,
        message: &message.id,
        probe: claimed.probe,
        has_key,
        kind: if message.bulk_message.is_some() { SendKind::Bulk } else { SendKind::OneOff },
        tries: message.attempts,
        may_have_gone: claimed.again,
    };
    let heard = handle_failure(run, call, error).await;
    if heard.is_shown_at_account() || heard.answer == SendAnswer::AccountRefused {
        note_error(ports, &claimed.account, &heard.failure.detail, now).await?;
    }
    record_not_accepted(ports, claimed, heard).await
}

/// Records that the provider accepted the message.
async fn record_accepted(run: &mut SendRun<'_>, claimed: Claimed, accepted: Accepted) -> StoreResult<Sent> {
    let now = run.now();
    let Claimed { one_off: OneOff { mut message, file, .. }, account, probe, .. } = claimed;
    write_accepted(run, &mut message, accepted, &account, probe, &file.tasks).await?;
    note_sent(run.ports, &file.lead, &message, now).await?;
    Ok(Sent::Done)
}

/// Writes down what becomes of a message that was not accepted.
async fn record_not_accepted(ports: &SendPorts, mut claimed: Claimed, heard: Heard) -> StoreResult<Sent> {
    let now = ports.clock.now();
    match heard.disposition {
        Disposition::Refused | Disposition::GivenUp { may_have_gone: false } => {
            let message = &claimed.one_off.message;
            if heard.suppress && !message.test {
                suppress_address(ports, message, heard.failure.class == FailureClass::OptedOut).await?;
            }
            fail(ports, claimed, heard.failure).await
        }
        Disposition::NotTried => {
            let why = if heard.answer == SendAnswer::TooFast { "too_fast" } else { "provider_down" };
            requeue_untried(ports, &mut claimed, why).await?;
            put_next_look(ports, &claimed.one_off.message, heard.closed_until.unwrap_or(now)).await
        }
        Disposition::Soon(wait) => {
            requeue_until(ports, &mut claimed, now.checked_add(wait).ok()).await?;
            let seconds = u32::try_from(wait.as_secs().max(1)).unwrap_or(60);
            Ok(Sent::Later(seconds, heard.failure.detail))
        }
        Disposition::Later(wait) => {
            let at = now.checked_add(wait).unwrap_or(now);
            requeue_until(ports, &mut claimed, Some(at)).await?;
            put_next_look(ports, &claimed.one_off.message, at).await
        }
        Disposition::GivenUp { may_have_gone: true } => {
            let (next, _) = next_look(&claimed.one_off.message, claimed.class, now);
            requeue_until(ports, &mut claimed, next).await?;
            wait_for_evidence(ports, &claimed.one_off, claimed.class).await
        }
        Disposition::AwaitRepair => {
            requeue_untried(ports, &mut claimed, "auth_failed").await?;
            wait_for_account(ports, &claimed.one_off.message, FailureClass::AuthFailed, &heard.failure.detail)
                .await
        }
        Disposition::Uncertain => {
            write_outcome(ports, &claimed.one_off.message, EventKind::MessageUncertain).await?;
            wait_for_evidence(ports, &claimed.one_off, claimed.class).await
        }
    }
}

/// Notes a message that went out: its lead is contacted, and the inbox shows it.
pub(crate) async fn note_sent(
    ports: &SendPorts,
    lead: &Lead,
    message: &Message,
    at: Timestamp,
) -> StoreResult<()> {
    if message.test {
        return Ok(());
    }
    let is_a_persons = message.author.is_some() && message.bulk_message.is_none();
    if is_a_persons && let Err(error) = show_as_sent(&*ports.conversations, message, at).await {
        tracing::warn!(message.id = %message.id, %error, "a conversation does not show a message that went out");
    }
    note_contact(ports, lead, message, at).await.map(drop)
}

/// Gives the claim back without counting the try, because no call was made or the account takes nothing at all.
pub(crate) async fn requeue_untried(ports: &SendPorts, claimed: &mut Claimed, why: &str) -> StoreResult<()> {
    let message = &mut claimed.one_off.message;
    message.attempts = message.attempts.saturating_sub(1);
    message.claim = None;
    requeue(ports, claimed, why).await
}

/// Gives the claim back after a try that counts. The next one comes no sooner than `retry_at`.
async fn requeue_until(
    ports: &SendPorts,
    claimed: &mut Claimed,
    retry_at: Option<Timestamp>,
) -> StoreResult<()> {
    claimed.one_off.message.retry_at = retry_at;
    requeue(ports, claimed, "not_taken").await
}

/// Queues again what cannot have gone out; anything else stays uncertain.
async fn requeue(ports: &SendPorts, claimed: &mut Claimed, why: &str) -> StoreResult<()> {
    let message = &mut claimed.one_off.message;
    if !claimed.again {
        message.state = MessageState::Queued;
        message.frozen = None;
    }
    let event = Event::system(EventKind::SendPostponed, ports.clock.now()).because(why);
    match ports.messages.save(message, &event).await {
        Ok(rev) => message.rev = rev,
        // Evidence has come meanwhile, or a user's answer.
        Err(StoreError::Conflict) => {}
        Err(other) => return Err(other),
    }
    Ok(())
}

/// Records that the message has failed, unless another function, which took our claim for expired by another clock, is at it.
async fn fail(ports: &SendPorts, claimed: Claimed, failure: Failure) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let Claimed { one_off: OneOff { mut message, file, .. }, token, .. } = claimed;
    message.refuse(failure);
    if let Err(error) = ports.messages.save(&message, &Event::system(EventKind::MessageRefused, now)).await {
        let stored = ports.messages.get(&message.workspace, &message.id).await?;
        match (error, stored.claim) {
            (StoreError::Conflict, Some(claim)) if claim.token != token => {
                return Ok(Sent::claimed_by_other());
            }
            (StoreError::Conflict, _) => write_outcome(ports, &message, EventKind::MessageRefused).await?,
            (other, _) => return Err(other),
        }
    }
    // A repeat that is refused says nothing about the first try.
    if message.state > MessageState::Abandoned {
        close_questions(&*ports.tasks, &file.tasks, &message, now).await?;
    }
    notify_failed(ports, &message).await?;
    Ok(Sent::Done)
}

/// Fails a claimed message before its call, because the lead has asked meanwhile to be left alone.
pub(crate) async fn withhold(ports: &SendPorts, mut claimed: Claimed, why: &str) -> StoreResult<Sent> {
    claimed.one_off.message.claim = None;
    let failure = Failure { class: FailureClass::NotAllowed, code: None, detail: why.to_owned() };
    fail(ports, claimed, failure).await
}

/// Fails a message that is not claimed. A function that has claimed it meanwhile reports what becomes of it.
pub(crate) async fn refuse(
    ports: &SendPorts,
    mut message: Message,
    class: FailureClass,
    detail: String,
) -> StoreResult<Sent> {
    message.refuse(Failure { class, code: None, detail });
    // The author is told first: once the message has failed nobody looks at it again.
    notify_failed(ports, &message).await?;
    match ports.messages.save(&message, &Event::system(EventKind::MessageRefused, ports.clock.now())).await {
        Ok(_) => Ok(Sent::Done),
        Err(StoreError::Conflict) => Ok(Sent::changed_meanwhile()),
        Err(other) => Err(other),
    }
}

async fn notify_failed(ports: &SendPorts, message: &Message) -> StoreResult<()> {
    let stores = (&*ports.notifications, &*ports.conversations, &*ports.leads);
    notify_and_reopen(stores, message, AuthorNotice::Failed, ports.clock.now()).await
}

/// Waits until the next look, in the end until a user answers.
pub(crate) async fn wait_for_evidence(
    ports: &SendPorts,
    OneOff { file, message, .. }: &OneOff,
    class: SenderClass,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let (next, a_user_is_asked) = next_look(message, class, now);
    if a_user_is_asked {
        ask_user(&*ports.messages, &*ports.tasks, &file.lead, message, now).await?;
    }
    match next {
        Some(at) => put_next_look(ports, message, at).await,
        None => Ok(Sent::Done),
    }
}
