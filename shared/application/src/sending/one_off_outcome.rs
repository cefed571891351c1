//! What a provider's answer to a message outside every sequence means, written down. Each is written before the hint that
//! finds it again: until then its queue message does.

use crate::inbox::author_notice::{AuthorNotice, not_said};
use crate::inbox::conversation_changes::show_as_sent;
use crate::ports::conversations::ConversationStore;
use crate::ports::leads::LeadStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::provider_calls::{Accepted, OpenAccount, SendError, SenderClass};
use crate::ports::store::{StoreError, StoreResult};
use crate::sending::health::{note_error, note_works};
use crate::sending::memory::Memory;
use crate::sending::of_many::wait_for_account;
use crate::sending::one_off::{OVERTAKEN_SECONDS, OneOff, look_again};
use crate::sending::one_off_settle::wait_for_evidence;
use crate::sending::outcome::{first_contact, suppress_address, write};
use crate::sending::provider_answer::{Heard, hear};
use crate::sending::ready::may_be_repeated;
use crate::sending::reconcile::next_look;
use crate::sending::uncertain::close_questions;
use crate::sending::{SendPorts, Sent};
use domain::event::Event;
use domain::lead::Lead;
use domain::message::send_policy::{Disposition, SendAnswer, SendKind, SendTry, after_answer};
use domain::message::{Failure, Message, MessageState};
use jiff::Timestamp;

pub(super) struct Tried {
    /// Claimed.
    pub one_off: OneOff,
    /// The claim's.
    pub token: String,
    pub account: OpenAccount,
    pub class: SenderClass,
    /// Whether everybody else waits for what comes of it.
    pub probe: bool,
    /// An earlier attempt may have gone out.
    pub again: bool,
}

/// Records the answer to an attempt.
pub(super) async fn record(
    ports: &SendPorts,
    memory: &mut Memory,
    mut tried: Tried,
    result: Result<Accepted, SendError>,
) -> StoreResult<Sent> {
    tried.one_off.message.claim = None;
    let error = match result {
        Ok(accepted) => return accept(ports, memory, tried, accepted).await,
        Err(error) => error,
    };
    let now = ports.clock.now();
    let message = &tried.one_off.message;
    let has_key = may_be_repeated(tried.class, &tried.one_off.file.lead, message, now);
    let id = message.id.clone();
    let heard = hear(ports, memory, (&tried.account, tried.probe), (id.as_str(), has_key), error).await;
    tried.again |= heard.answer == SendAnswer::Lost && has_key;
    let sent = SendTry {
        kind: if message.bulk_message.is_some() { SendKind::Bulk } else { SendKind::OneOff },
        tries: message.attempts,
        may_have_gone: tried.again,
        has_key,
        breaker_is_open: heard.closed_until.is_some(),
        may_be_quick: heard.may_be_quick,
        after: heard.after,
    };
    let disposition = after_answer(heard.answer, &sent, &id);
    let is_shown = match disposition {
        Disposition::Later(_) | Disposition::GivenUp { .. } => heard.answer.is_of_account(),
        _ => heard.answer == SendAnswer::AccountRefused,
    };
    if is_shown {
        note_error(ports, &tried.account, &heard.failure.detail, now).await?;
    }
    write_down(ports, tried, heard, disposition).await
}

/// Writes down what becomes of a message that was not accepted.
async fn write_down(
    ports: &SendPorts,
    mut tried: Tried,
    heard: Heard,
    disposition: Disposition,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    match disposition {
        Disposition::Refused => {
            let message = &tried.one_off.message;
            if heard.suppress && !message.test {
                suppress_address(ports, message, heard.failure.class == "opted_out", now).await?;
            }
            fail(ports, tried, heard.failure, now).await
        }
        Disposition::NotTried => {
            let why = if heard.answer == SendAnswer::TooFast { "too_fast" } else { "provider_down" };
            put_back_untried(ports, &mut tried, why).await?;
            look_again(ports, &tried.one_off.message, heard.closed_until.unwrap_or(now)).await
        }
        Disposition::Soon(wait) => {
            tried.one_off.message.retry_at = now.checked_add(wait).ok();
            put_back(ports, &mut tried, "not_taken").await?;
            let seconds = u32::try_from(wait.as_secs().max(1)).unwrap_or(60);
            Ok(Sent::Later(seconds, heard.failure.detail))
        }
        Disposition::Later(wait) => {
            let at = now.checked_add(wait).unwrap_or(now);
            tried.one_off.message.retry_at = Some(at);
            put_back(ports, &mut tried, "not_taken").await?;
            look_again(ports, &tried.one_off.message, at).await
        }
        Disposition::GivenUp { may_have_gone: true } => {
            (tried.one_off.message.retry_at, _) = next_look(&tried.one_off.message, tried.class, now);
            put_back(ports, &mut tried, "not_taken").await?;
            wait_for_evidence(ports, &tried.one_off, tried.class).await
        }
        Disposition::GivenUp { may_have_gone: false } => fail(ports, tried, heard.failure, now).await,
        Disposition::AwaitRepair => {
            put_back_untried(ports, &mut tried, "auth_failed").await?;
            wait_for_account(ports, &tried.one_off.message, ("auth_failed", &heard.failure.detail)).await
        }
        Disposition::Uncertain => {
            write(ports, &tried.one_off.message, "message_uncertain", now).await?;
            wait_for_evidence(ports, &tried.one_off, tried.class).await
        }
    }
}

/// Records that the provider accepted the message.
async fn accept(
    ports: &SendPorts,
    memory: &mut Memory,
    tried: Tried,
    accepted: Accepted,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let Tried { mut one_off, account, probe, .. } = tried;
    let message = &mut one_off.message;
    message.state = MessageState::Accepted;
    message.accepted_at = Some(now);
    message.provider_id = accepted.provider_id;
    message.internet_id = accepted.internet_id.or(message.internet_id.take());
    message.frozen = None;
    write(ports, message, "message_accepted", now).await?;
    close_questions(&*ports.tasks, &one_off.file.tasks, message, now).await?;
    memory.gates.answered(ports, &account, probe, message.id.as_str()).await;
    note_works(ports, &account, now).await;
    arrived(ports, &one_off.file.lead, message, now).await?;
    Ok(Sent::Done)
}

/// It went out: the lead is contacted, and the inbox shows what was said.
pub(super) async fn arrived(
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
        tracing::warn!(message.id = %message.id, %error, "a conversation does not show what was said in it");
    }
    first_contact(ports, lead, message, at).await.map(drop)
}

/// Before the call, or at an account that takes nothing at all: it is no try of this message.
pub(super) async fn put_back_untried(ports: &SendPorts, tried: &mut Tried, why: &str) -> StoreResult<()> {
    let message = &mut tried.one_off.message;
    message.attempts = message.attempts.saturating_sub(1);
    message.claim = None;
    put_back(ports, tried, why).await
}

/// What cannot have gone out is queued again; of anything else still nobody knows.
async fn put_back(ports: &SendPorts, tried: &mut Tried, why: &str) -> StoreResult<()> {
    let message = &mut tried.one_off.message;
    if !tried.again {
        message.state = MessageState::Queued;
        message.frozen = None;
    }
    let event = Event::system("send_postponed", ports.clock.now()).because(why);
    match ports.messages.save(message, &event).await {
        Ok(rev) => message.rev = rev,
        // Evidence has come meanwhile, or a person's answer.
        Err(StoreError::Conflict) => {}
        Err(other) => return Err(other),
    }
    Ok(())
}

/// Somebody else who has taken our claim for expired, by another clock, is at it by now: they tell what becomes of it.
async fn fail(ports: &SendPorts, tried: Tried, failure: Failure, now: Timestamp) -> StoreResult<Sent> {
    let mut message = tried.one_off.message;
    message.refuse(failure);
    if let Err(error) = ports.messages.save(&message, &Event::system("message_refused", now)).await {
        let stored = ports.messages.get(&message.workspace, &message.id).await?;
        match (error, stored.claim) {
            (StoreError::Conflict, Some(claim)) if claim.token != tried.token => {
                return Ok(Sent::Later(OVERTAKEN_SECONDS, "another attempt is at it".to_owned()));
            }
            (StoreError::Conflict, _) => write(ports, &message, "message_refused", now).await?,
            (other, _) => return Err(other),
        }
    }
    // What goes again and is refused says nothing of the first.
    if message.state > MessageState::Abandoned {
        close_questions(&*ports.tasks, &tried.one_off.file.tasks, &message, now).await?;
    }
    not_said(told_to(ports), &message, AuthorNotice::Failed, now).await?;
    Ok(Sent::Done)
}

/// After it was claimed and before the call: somebody has asked meanwhile to be left alone.
pub(super) async fn withhold(ports: &SendPorts, mut tried: Tried, why: &str) -> StoreResult<Sent> {
    tried.one_off.message.claim = None;
    let failure = Failure { class: "not_allowed".to_owned(), code: None, detail: why.to_owned() };
    fail(ports, tried, failure, ports.clock.now()).await
}

/// Before it was claimed: whoever has claimed it meanwhile tells what becomes of it.
pub(super) async fn refuse(
    ports: &SendPorts,
    mut message: Message,
    (class, detail): (&str, String),
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    message.refuse(Failure { class: class.to_owned(), code: None, detail });
    // First: once it has failed nobody looks at it again.
    not_said(told_to(ports), &message, AuthorNotice::Failed, now).await?;
    match ports.messages.save(&message, &Event::system("message_refused", now)).await {
        Ok(_) => Ok(Sent::Done),
        Err(StoreError::Conflict) => {
            Ok(Sent::Later(OVERTAKEN_SECONDS, "it was changed meanwhile".to_owned()))
        }
        Err(other) => Err(other),
    }
}

fn told_to(ports: &SendPorts) -> (&dyn NotificationStore, &dyn ConversationStore, &dyn LeadStore) {
    (&*ports.notifications, &*ports.conversations, &*ports.leads)
}
