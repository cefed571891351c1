//! One message outside every sequence: written by a person, sent through the same steps.

use super::compose::{ComposeError, compose_mail, compose_sms};
use super::outcome::{first_contact, note_error, note_success, suppress_address};
use super::{Afterwards, DELIVERED_AFTER, SendPorts, Sent, TRIES, mail_account, sms_account};
use crate::due::{DueWork, Hint};
use crate::leads::LeadFile;
use crate::outbox::{Outbox, send_all};
use crate::provider_calls::{Account, SendError};
use crate::queue_messages::SendMessage;
use crate::store::{StoreError, StoreResult};
use crate::suppressions::scopes_of;
use domain::event::{Actor, Event};
use domain::message::{Direction, Failure, Message, MessageState};
use domain::planner::channel_closed;
use domain::sequence::Channel;
use domain::workspace::{Sending, Workspace};
use domain::{MessageId, WorkspaceId};
use jiff::Timestamp;

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
    let file = match ports.leads.file(workspace, &id.lead()).await {
        Ok(file) => file,
        Err(StoreError::NotFound) => return Ok(Sent::Done),
        Err(other) => return Err(other),
    };
    let settings = ports.workspaces.get(workspace).await?;
    if matches!(settings.sending, Sending::Stopped { .. }) {
        return Ok(Sent::Later(600, "sending is stopped".to_owned()));
    }
    let listed = ports.suppressions.find(workspace, &scopes_of(&file.lead)).await?;
    let closed = channel_closed(&file.lead, message.channel, &listed, now);
    if file.lead.do_not_contact || closed.is_some() {
        let why = closed.map_or("do_not_contact", domain::planner::SkipReason::as_str);
        return fail(ports, message, "not_allowed", None, why.to_owned(), now).await;
    }
    let account = match message.channel {
        Channel::Email => mail_account(ports, workspace, message.connection.as_ref()).await?,
        Channel::Sms => sms_account(ports, workspace, message.connection.as_ref()).await?,
    };
    let Some(account) = account else {
        let detail = "no account can send this".to_owned();
        return fail(ports, message, "no_account", None, detail, now).await;
    };
    let prepared = match prepare(ports, &settings, &account, &file, &message).await {
        Ok(prepared) => prepared,
        Err(ComposeError::Store(error)) => return Err(error),
        Err(error) => return fail(ports, message, "cannot_render", None, error.to_string(), now).await,
    };
    // The claim: from here on a crash leaves it uncertain, and nobody sends it again.
    prepared.describe(&mut message, &account);
    message.state = MessageState::Uncertain;
    message.attempts = message.attempts.saturating_add(1);
    match ports.messages.save(&message, &Event::system("message_claimed", now)).await {
        Ok(rev) => message.rev = rev,
        Err(StoreError::Conflict) => return Ok(Sent::Done),
        Err(other) => return Err(other),
    }
    let result = match &prepared {
        Prepared::Mail(mail) => ports.mail.send_mail(&account, &mail.outgoing).await,
        Prepared::Sms(sms) => ports.sms.send_sms(&account, &sms.outgoing).await,
    };
    let now = ports.clock.now();
    match result {
        Ok(accepted) => {
            message.state = MessageState::Accepted;
            message.accepted_at = Some(now);
            message.provider_id = accepted.provider_id;
            ports.messages.save(&message, &Event::system("message_accepted", now)).await?;
            note_success(ports, &account, now).await?;
            first_contact(ports, &file.lead, now).await?;
            if message.channel == Channel::Email {
                let what = DueWork::AssumeDelivered { workspace: workspace.clone(), message: id.clone() };
                afterwards
                    .hints
                    .push(Hint { at: now.checked_add(DELIVERED_AFTER).unwrap_or(Timestamp::MAX), what });
            }
            Ok(Sent::Done)
        }
        Err(SendError::Retryable { detail, after }) if message.attempts < TRIES => {
            message.state = MessageState::Queued;
            let wait = after.map_or(1 << message.attempts, |after| after.as_secs().clamp(1, 900));
            ports.messages.save(&message, &Event::system("send_postponed", now)).await?;
            Ok(Sent::Later(u32::try_from(wait).unwrap_or(2), detail))
        }
        Err(SendError::Retryable { detail, .. }) => {
            fail(ports, message, "provider_down", None, detail, now).await
        }
        Err(SendError::Account { detail }) => {
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
            Ok(Sent::Done)
        }
    }
}

enum Prepared {
    Mail(Box<super::Composed<crate::provider_calls::OutgoingMail>>),
    Sms(Box<super::Composed<crate::provider_calls::OutgoingSms>>),
}

impl Prepared {
    fn describe(&self, message: &mut Message, account: &Account) {
        message.connection = Some(account.connection.id.clone());
        match self {
            Self::Mail(mail) => {
                message.from.clone_from(&mail.from);
                message.to.clone_from(&mail.to);
                message.subject.clone_from(&mail.subject);
                message.text.clone_from(&mail.text);
                message.internet_id = Some(mail.outgoing.message_id.clone());
                message.in_reply_to.clone_from(&mail.outgoing.in_reply_to);
            }
            Self::Sms(sms) => {
                message.from.clone_from(&sms.from);
                message.to.clone_from(&sms.to);
                message.text.clone_from(&sms.text);
            }
        }
    }
}

async fn prepare(
    ports: &SendPorts,
    workspace: &Workspace,
    account: &Account,
    file: &LeadFile,
    message: &Message,
) -> Result<Prepared, ComposeError> {
    match message.channel {
        Channel::Email => {
            // An answer continues the thread it answers.
            let in_thread = |other: &&Message| {
                other.channel == Channel::Email
                    && other.id != message.id
                    && other.internet_id.is_some()
                    && (other.direction == Direction::In || other.accepted_at.is_some())
            };
            let thread: Vec<&Message> = file.messages.iter().filter(in_thread).collect();
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
            Ok(Prepared::Mail(Box::new(mail)))
        }
        Channel::Sms => {
            let sms = compose_sms(ports, workspace, account, file, &message.id, &message.text).await?;
            Ok(Prepared::Sms(Box::new(sms)))
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
