//! One message outside every sequence: written by a person, sent through the same steps.

use super::compose::{ComposeError, Saying, Thread, compose_mail, compose_sms, compose_whatsapp};
use super::gate::{Entry, Fate, Refusal};
use super::health::{note_error, note_works};
use super::memory::Memory;
use super::outcome::{first_contact, suppress_address};
use super::ready::{Ready, class_of, may_be_repeated};
use super::{Afterwards, DELIVERED_AFTER, LONG_WAITS, SendPorts, Sent, TRIES, sending_account};
use crate::due::{DueWork, Hint};
use crate::leads::LeadFile;
use crate::outbox::{Outbox, send_all};
use crate::paces::note_sent;
use crate::provider_calls::{Account, SendError};
use crate::queue_messages::SendMessage;
use crate::store::{StoreError, StoreResult, found};
use crate::suppressions::scopes_of;
use crate::uncertain_sends::ask;
use domain::event::{Actor, Event};
use domain::message::{Direction, Failure, Message, MessageState};
use domain::reach::{SkipReason, channel_closed};
use domain::sequence::Channel;
use domain::whatsapp::takes_free_text;
use domain::workspace::{Sending, Workspace};
use domain::{MessageId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// Stores a message as queued and hands it to the send queue. `message.state` must be `Queued`.
pub async fn queue_one_off(
    messages: &dyn crate::messages::MessageStore,
    outbox: &dyn Outbox,
    message: &Message,
    actor: Actor,
    delay_seconds: u32,
) -> StoreResult<()> {
    messages.create(message, &Event::new("message_queued", actor, message.created_at)).await?;
    let order = SendMessage::OneOff { workspace: message.workspace.clone(), message: message.id.clone() };
    send_all(outbox, &[order], delay_seconds).await
}

pub(super) async fn send_one_off(
    ports: &SendPorts,
    memory: &mut Memory,
    workspace: &WorkspaceId,
    id: &MessageId,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let mut message = match ports.messages.get(workspace, id).await {
        Ok(message) if message.state == MessageState::Queued => message,
        Ok(_) | Err(StoreError::NotFound) => return Ok(Sent::Done),
        Err(other) => return Err(other),
    };
    let Some(file) = found(ports.leads.file(workspace, &id.lead()).await)? else { return Ok(Sent::Done) };
    let settings = ports.workspaces.get(workspace).await?;
    if matches!(settings.sending, Sending::Stopped { .. }) {
        return Ok(Sent::Later(600, "sending is stopped".to_owned()));
    }
    let listed = ports.suppressions.find(workspace, &scopes_of(&file.lead)).await?;
    let closed = channel_closed(&file.lead, message.channel, &listed, now);
    if file.lead.do_not_contact || closed.is_some() {
        let why = closed.map_or("do_not_contact", SkipReason::as_str);
        return fail(ports, message, "not_allowed", None, why.to_owned(), now).await;
    }
    let account = sending_account(ports, workspace, message.channel, message.connection.as_ref()).await?;
    let Some(account) = account else {
        let detail = "no account can send this".to_owned();
        return fail(ports, message, "no_account", None, detail, now).await;
    };
    let class = class_of(ports, &account, message.channel);
    if message.frozen.is_some() && !may_be_repeated(class, message.created_at, now) {
        message.state = MessageState::Uncertain;
        ports.messages.save(&message, &Event::system("message_uncertain", now)).await?;
        ask(&*ports.tasks, &file.lead, &message, now).await?;
        return Ok(Sent::Done);
    }
    if let Some(until) = memory.gates.closed(ports, &account.connection, id.as_str()).await? {
        return wait(ports, &message, until).await;
    }
    let composed = match Ready::kept_in(&message) {
        Some(ready) => Ok(ready),
        None => compose(ports, &settings, &account, &file, &message).await,
    };
    let ready = match composed {
        Ok(ready) => ready,
        Err(ComposeError::Store(error)) => return Err(error),
        Err(error) => return fail(ports, message, "cannot_render", None, error.to_string(), now).await,
    };
    let probe = match memory.gates.enter(ports, &account.connection, id.as_str()).await? {
        Entry::Go { probe } => probe,
        Entry::Wait { until } => return wait(ports, &message, until).await,
    };
    if let Some(limits) = &account.connection.limits {
        note_sent(&*ports.paces, &*ports.clock, (&account.connection, limits)).await?;
    }
    // The claim: from here on a crash leaves it uncertain, and nobody sends it again.
    ready.describe(&mut message, &account);
    message.state = MessageState::Uncertain;
    message.attempts = message.attempts.saturating_add(1);
    match ports.messages.save(&message, &Event::system("message_claimed", now)).await {
        Ok(rev) => message.rev = rev,
        Err(StoreError::Conflict) => return Ok(Sent::Done),
        Err(other) => return Err(other),
    }
    let result = ready.send(ports, &account).await;
    let now = ports.clock.now();
    let gates = &mut memory.gates;
    if matches!(result, Err(SendError::Rejected { .. } | SendError::Retryable { .. })) {
        gates.answered(ports, &account, probe, id.as_str()).await;
        note_works(ports, &account, now).await;
    }
    let refusal = |detail, after, repeats| Refusal { probe, detail, after, repeats };
    match result {
        Ok(accepted) => {
            message.state = MessageState::Accepted;
            message.accepted_at = Some(now);
            message.provider_id = accepted.provider_id;
            message.frozen = None;
            ports.messages.save(&message, &Event::system("message_accepted", now)).await?;
            gates.answered(ports, &account, probe, id.as_str()).await;
            note_works(ports, &account, now).await;
            first_contact(ports, &file.lead, now).await?;
            if message.channel == Channel::Email {
                let what = DueWork::AssumeDelivered { workspace: workspace.clone(), message: id.clone() };
                afterwards
                    .hints
                    .push(Hint { at: now.checked_add(DELIVERED_AFTER).unwrap_or(Timestamp::MAX), what });
            }
            Ok(Sent::Done)
        }
        Err(SendError::Retryable { detail, after }) => postpone(ports, message, detail, after, now).await,
        Err(SendError::Down { detail, after }) => {
            match gates.failed(ports, &account, refusal(&detail, after, true), id.as_str()).await {
                Fate::Wait { until } => put_back(ports, message, until, now).await,
                Fate::Alone { quick } => {
                    let after = after.or((!quick).then_some(LONG_WAITS[0]));
                    postpone(ports, message, detail, after, now).await
                }
            }
        }
        Err(SendError::Account { detail }) => {
            gates.failed(ports, &account, refusal(&detail, None, false), id.as_str()).await;
            note_error(ports, &account, &detail, now).await?;
            fail(ports, message, "auth_failed", None, detail, now).await
        }
        Err(SendError::Rejected { class, code, detail, suppress }) => {
            if suppress {
                suppress_address(ports, &message, class == "opted_out", now).await?;
            }
            fail(ports, message, &class, code, detail, now).await
        }
        Err(SendError::Uncertain(source)) => {
            tracing::warn!(message.id = %id, error = %source, "the outcome of a send is unknown");
            let detail = "the answer was lost";
            let repeatable = may_be_repeated(class, message.created_at, now);
            let fate = gates.failed(ports, &account, refusal(detail, None, repeatable), id.as_str()).await;
            if repeatable {
                ready.keep_in(&mut message, class);
            }
            if let (true, Fate::Wait { until }) = (repeatable, fate) {
                return put_back(ports, message, until, now).await;
            }
            if repeatable && message.attempts < TRIES {
                message.state = MessageState::Queued;
                ports.messages.save(&message, &Event::system("send_postponed", now)).await?;
                return Ok(Sent::Later(1 << message.attempts, detail.to_owned()));
            }
            ask(&*ports.tasks, &file.lead, &message, now).await?;
            Ok(Sent::Done)
        }
    }
}

/// Nobody calls the account now: a hint finds the message again, however often that is.
async fn wait(ports: &SendPorts, message: &Message, until: Timestamp) -> StoreResult<Sent> {
    let what = DueWork::OneOff { workspace: message.workspace.clone(), message: message.id.clone() };
    ports.due.put(&[Hint { at: until, what }]).await?;
    Ok(Sent::Done)
}

/// The try says nothing about this message: it does not count. Queued before the hint finds it.
async fn put_back(
    ports: &SendPorts,
    mut message: Message,
    until: Timestamp,
    now: Timestamp,
) -> StoreResult<Sent> {
    message.state = MessageState::Queued;
    message.attempts = message.attempts.saturating_sub(1);
    ports.messages.save(&message, &Event::system("send_postponed", now).because("provider_down")).await?;
    wait(ports, &message, until).await
}

async fn postpone(
    ports: &SendPorts,
    mut message: Message,
    detail: String,
    after: Option<SignedDuration>,
    now: Timestamp,
) -> StoreResult<Sent> {
    if message.attempts >= TRIES {
        return fail(ports, message, "provider_down", None, detail, now).await;
    }
    message.state = MessageState::Queued;
    let wait = after.map_or(1 << message.attempts, |after| after.as_secs().clamp(1, 900));
    ports.messages.save(&message, &Event::system("send_postponed", now)).await?;
    Ok(Sent::Later(u32::try_from(wait).unwrap_or(2), detail))
}

async fn compose(
    ports: &SendPorts,
    workspace: &Workspace,
    account: &Account,
    file: &LeadFile,
    message: &Message,
) -> Result<Ready, ComposeError> {
    match message.channel {
        Channel::Email => {
            // An answer continues the thread it answers.
            let in_thread = |other: &&Message| {
                other.channel == Channel::Email
                    && other.id != message.id
                    && other.internet_id.is_some()
                    && (other.direction == Direction::In || other.accepted_at.is_some())
            };
            let messages = file.messages.iter().filter(in_thread).collect();
            let thread = Thread { messages, topic: None };
            let mail = compose_mail(
                ports,
                workspace,
                account,
                file,
                &message.id,
                (&message.subject, &message.text),
                &thread,
            )
            .await?;
            Ok(Ready::Mail(Box::new(mail)))
        }
        Channel::Whatsapp => {
            if !takes_free_text(&file.messages, &account.connection.id, ports.clock.now()) {
                return Err(ComposeError::WindowClosed);
            }
            let saying = Saying::Freely(&message.text);
            let chat = compose_whatsapp(ports, workspace, account, file, &message.id, saying).await?;
            Ok(Ready::Whatsapp(Box::new(chat)))
        }
        Channel::Sms => {
            let sms = compose_sms(ports, workspace, account, file, &message.id, &message.text).await?;
            Ok(Ready::Sms(Box::new(sms)))
        }
    }
}

async fn fail(
    ports: &SendPorts,
    mut message: Message,
    class: &str,
    code: Option<String>,
    detail: String,
    now: Timestamp,
) -> StoreResult<Sent> {
    message.state = MessageState::Failed;
    message.failure = Some(Failure { class: class.to_owned(), code, detail });
    ports.messages.save(&message, &Event::system("message_refused", now)).await?;
    Ok(Sent::Done)
}
