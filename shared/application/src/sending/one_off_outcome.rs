//! What a provider's answer to a message outside every sequence means, written down. Each is written before the hint that
//! finds it again: until then its queue message does.

use crate::inbox::author_notice::{AuthorNotice, not_said};
use crate::inbox::conversation_changes::show_as_sent;
use crate::ports::conversations::ConversationStore;
use crate::ports::leads::LeadStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::provider_calls::{Accepted, OpenAccount, SendError, SenderClass};
use crate::ports::store::{StoreError, StoreResult};
use crate::sending::gate::{Fate, Refusal};
use crate::sending::health::{note_error, note_works};
use crate::sending::memory::Memory;
use crate::sending::of_many::wait_for_account;
use crate::sending::one_off::{OVERTAKEN_SECONDS, OneOff, look_again};
use crate::sending::one_off_settle::wait_for_evidence;
use crate::sending::outcome::{Setback, first_contact, suppress_address, write};
use crate::sending::ready::may_be_repeated;
use crate::sending::reconcile::next_look;
use crate::sending::uncertain::close_questions;
use crate::sending::{BLOCKED_WAITS, SendPorts, Sent, TRIES};
use domain::event::Event;
use domain::lead::Lead;
use domain::message::retry;
use domain::message::{Failure, Message, MessageState};
use jiff::{SignedDuration, Timestamp};

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

pub(super) async fn record(
    ports: &SendPorts,
    memory: &mut Memory,
    mut tried: Tried,
    result: Result<Accepted, SendError>,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let Tried { one_off, account, class, probe, again, .. } = &mut tried;
    let (class, probe, again) = (*class, *probe, *again);
    let message = &mut one_off.message;
    let who = message.id.to_string();
    message.claim = None;
    if matches!(
        result,
        Err(SendError::Rejected { .. } | SendError::Retryable { .. } | SendError::TooFast { .. })
    ) {
        memory.gates.answered(ports, account, probe, &who).await;
        note_works(ports, account, now).await;
    }
    let refusal = |detail, after, repeats| Refusal { probe, detail, after, repeats };
    match result {
        Ok(accepted) => {
            message.state = MessageState::Accepted;
            message.accepted_at = Some(now);
            message.provider_id = accepted.provider_id;
            message.internet_id = accepted.internet_id.or(message.internet_id.take());
            message.frozen = None;
            write(ports, message, "message_accepted", now).await?;
            close_questions(&*ports.tasks, &one_off.file.tasks, message, now).await?;
            memory.gates.answered(ports, account, probe, &who).await;
            note_works(ports, account, now).await;
            arrived(ports, &one_off.file.lead, message, now).await?;
            Ok(Sent::Done)
        }
        Err(SendError::Retryable { detail, after }) => {
            let quick = memory.gates.may_repeat(ports, account).await;
            let setback = Setback { quick, of_account: false, ..Setback::not_taken(detail, after) };
            postpone(ports, tried, setback).await
        }
        Err(SendError::TooFast { after, .. }) => {
            let until = memory.gates.too_fast(&account, after, &who, now);
            put_back_untried(ports, &mut tried, "too_fast").await?;
            look_again(ports, &tried.one_off.message, until).await
        }
        Err(SendError::Down { detail, after }) => {
            memory.forget_senders();
            let fate = memory.gates.failed(ports, account, refusal(&detail, after, true), &who).await;
            not_taken(ports, tried, fate, Setback::not_taken(detail, after)).await
        }
        Err(SendError::Account { detail }) => {
            memory.forget_senders();
            memory.gates.failed(ports, account, refusal(&detail, None, false), &who).await;
            note_error(ports, account, &detail, now).await?;
            if again {
                write(ports, message, "message_uncertain", now).await?;
                return wait_for_evidence(ports, one_off, class).await;
            }
            if message.bulk_message.is_some() {
                put_back_untried(ports, &mut tried, "auth_failed").await?;
                return wait_for_account(ports, &tried.one_off.message, ("auth_failed", &detail)).await;
            }
            fail(ports, tried, ("auth_failed", None, detail), now).await
        }
        Err(SendError::Blocked { class, code, detail }) => {
            memory.forget_senders();
            let refusal = refusal(&detail, Some(BLOCKED_WAITS[0]), false);
            let fate = memory.gates.failed(ports, account, refusal, &who).await;
            if message.bulk_message.is_none() {
                // Whoever wrote it is told at once.
                return fail(ports, tried, (&class, code, detail), now).await;
            }
            not_taken(ports, tried, fate, Setback::blocked(Failure { class, code, detail })).await
        }
        Err(SendError::Rejected { class, code, detail, suppress }) => {
            if suppress && !message.test {
                suppress_address(ports, message, class == "opted_out", now).await?;
            }
            fail(ports, tried, (&class, code, detail), now).await
        }
        Err(SendError::Uncertain(source)) => {
            tracing::warn!(message.id = %who, error = %source, "the outcome of a send is unknown");
            let detail = "the answer was lost".to_owned();
            memory.forget_senders();
            let repeatable = may_be_repeated(class, &one_off.file.lead, message, now);
            let fate = memory.gates.failed(ports, account, refusal(&detail, None, repeatable), &who).await;
            if repeatable {
                tried.again = true;
                return not_taken(ports, tried, fate, Setback::not_taken(detail, None)).await;
            }
            write(ports, message, "message_uncertain", now).await?;
            wait_for_evidence(ports, one_off, class).await
        }
    }
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

/// Where nobody is called any more the message waits with the others, no try counted; else it is tried again alone.
async fn not_taken(ports: &SendPorts, mut tried: Tried, fate: Fate, setback: Setback) -> StoreResult<Sent> {
    match fate {
        Fate::Wait { until } => {
            put_back_untried(ports, &mut tried, "provider_down").await?;
            look_again(ports, &tried.one_off.message, until).await
        }
        Fate::Alone { quick } => postpone(ports, tried, Setback { quick, ..setback }).await,
    }
}

/// Tried again soon, then at long intervals; in the end given up.
async fn postpone(ports: &SendPorts, mut tried: Tried, setback: Setback) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let tries = tried.one_off.message.attempts;
    let Setback { after, quick, of_account, .. } = setback;
    let wait = after.unwrap_or(SignedDuration::from_secs(1 << tries.min(10)));
    if quick && tries < TRIES && wait.as_secs() <= 60 {
        let wait = after.unwrap_or_else(|| retry::within(wait, &tried.one_off.message.id, tries));
        tried.one_off.message.retry_at = now.checked_add(wait).ok();
        put_back(ports, &mut tried, "not_taken").await?;
        let seconds = u32::try_from(wait.as_secs().max(1)).unwrap_or(60);
        return Ok(Sent::Later(seconds, setback.failure.detail));
    }
    // A mailbox that is full or lists us grey says nothing of the account.
    if of_account {
        note_error(ports, &tried.account, &setback.failure.detail, now).await?;
    }
    let Some(wait) = setback.wait_after(tries) else {
        if tried.again {
            (tried.one_off.message.retry_at, _) = next_look(&tried.one_off.message, tried.class, now);
            put_back(ports, &mut tried, "not_taken").await?;
            return wait_for_evidence(ports, &tried.one_off, tried.class).await;
        }
        let Failure { class, code, detail } = setback.failure;
        return fail(ports, tried, (&class, code, detail), now).await;
    };
    let at = now.checked_add(wait).unwrap_or(now);
    tried.one_off.message.retry_at = Some(at);
    put_back(ports, &mut tried, "not_taken").await?;
    look_again(ports, &tried.one_off.message, at).await
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
async fn fail(
    ports: &SendPorts,
    tried: Tried,
    why: (&str, Option<String>, String),
    now: Timestamp,
) -> StoreResult<Sent> {
    let mut message = tried.one_off.message;
    failed(&mut message, why);
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
    fail(ports, tried, ("not_allowed", None, why.to_owned()), ports.clock.now()).await
}

/// Before it was claimed: whoever has claimed it meanwhile tells what becomes of it.
pub(super) async fn refuse(
    ports: &SendPorts,
    mut message: Message,
    (class, detail): (&str, String),
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    failed(&mut message, (class, None, detail));
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

fn failed(message: &mut Message, (class, code, detail): (&str, Option<String>, String)) {
    message.refuse(Failure { class: class.to_owned(), code, detail });
}
