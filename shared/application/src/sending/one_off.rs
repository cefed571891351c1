//! One-off messages: written by a user to one lead, or one of a bulk message. They go through the same ledger as steps; the
//! claim is a conditional write of the message itself. A queue message is done with only when the hint after it is written.

pub(super) mod attempt;
pub(super) mod context;
pub(super) mod queue;
pub(super) mod reconcile;
pub(super) mod record;

use crate::inbox::sender_choice::choose_sender;
use crate::ports::leads::LeadFile;
use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::{StoreResult, found};
use crate::queue_messages::Slot;
use crate::sending::account::sending_account;
use crate::sending::bulk_message::{
    RESUMED_WAIT, cancel, closed_until, wait_for_account, wait_for_cancellation, wait_for_hours,
};
use crate::sending::one_off::attempt::attempt;
use crate::sending::one_off::context::{OneOff, put_next_look};
use crate::sending::one_off::reconcile::reconcile;
use crate::sending::one_off::record::{note_sent, refuse};
use crate::sending::ports::SendPorts;
use crate::sending::run::SendRun;
use crate::sending::sent::{LONGEST_DELAY_SECONDS, NoCall, STOPPED_WAIT, Sent, resumed_by, seconds_until};
use crate::sending::uncertain::close_questions;
use domain::message::failure_class::FailureClass;
use domain::message::sender::connected_anew;
use domain::message::{Message, MessageState};
use domain::mutant;
use domain::workspace::Sending;
use domain::{MessageId, WorkspaceId};
use jiff::Timestamp;

/// A queue message that asks for a one-off message.
pub(super) struct OneOffOrder<'a> {
    pub workspace: &'a WorkspaceId,
    pub id: &'a MessageId,
    pub due: Timestamp,
    /// The slot that was reserved for it, if it belongs to a bulk message.
    pub slot: Option<&'a Slot>,
}

pub(super) async fn send_one_off(run: &mut SendRun<'_>, order: OneOffOrder<'_>) -> StoreResult<Sent> {
    send(run, order).await.or_else(NoCall::into_sent)
}

async fn send(run: &mut SendRun<'_>, order: OneOffOrder<'_>) -> Result<Sent, NoCall> {
    let (ports, now) = (run.ports, run.now());
    let (message, file) = read(ports, &order).await?;
    let workspace = ports.workspaces.get(order.workspace).await?;
    let one_off = OneOff { workspace, read_at: now, file, message };
    if one_off.is_uncertain() {
        return Ok(reconcile(run, one_off).await?);
    }
    if let Some(at) = one_off.message.planned_for.filter(|at| *at > now) {
        return Ok(put_next_look(ports, &one_off.message, at).await?);
    }
    if one_off.file.lead.is_deleted() && !one_off.message.test {
        return Ok(cancel(ports, one_off.message, "lead_deleted").await?);
    }
    if one_off.is_repeated() {
        return Ok(cancel(ports, one_off.message, "lead_merged").await?);
    }
    if one_off.is_cancelled(run).await? {
        return Ok(cancel(ports, one_off.message, "bulk_message_cancelled").await?);
    }
    if let Sending::Stopped { until, .. } = one_off.workspace.sending {
        let wait = if one_off.is_bulk() { RESUMED_WAIT } else { STOPPED_WAIT };
        return Ok(put_next_look(ports, &one_off.message, resumed_by(until, wait, now)).await?);
    }
    if let Some(why) = one_off.barred(ports, now).await? {
        return Ok(refuse(ports, one_off.message, FailureClass::NotAllowed, why.to_owned()).await?);
    }
    if let Some(day) = one_off.waits_for_the_day(now) {
        return Ok(put_next_look(ports, &one_off.message, day).await?);
    }
    let account = account_for(ports, &one_off).await?;
    if one_off.is_bulk() && one_off.has_no_hours(&account, now) {
        return Ok(wait_for_hours(ports, &one_off.message).await?);
    }
    if one_off.is_bulk()
        && let Some(until) = closed_until(&one_off, &account, now)
    {
        // A slot that it brought is missed: a repeat would give it back once more.
        return Ok(put_next_look(ports, &one_off.message, until).await?);
    }
    Ok(attempt(run, one_off, account, order.slot).await?)
}

/// Reads the message and its lead, if the message is queued or uncertain and due now.
async fn read(ports: &SendPorts, order: &OneOffOrder<'_>) -> Result<(Message, LeadFile), NoCall> {
    let OneOffOrder { workspace, id, due, .. } = *order;
    let now = ports.clock.now();
    if due > now {
        return Err(Sent::not_before(due, now, "not due yet").into());
    }
    let Some(message) = found(ports.messages.get(workspace, id).await)? else {
        return Err(Sent::not_written(due, now).into());
    };
    if let Some(claim) =
        message.claim.as_ref().filter(|claim| claim.until > now && !mutant!("one_off_claim_ignored"))
    {
        return Err(Sent::claimed_elsewhere(claim.until, now).into());
    }
    if let Some(at) = message.retry_at.filter(|at| *at > now) {
        return Err(not_yet(ports, &message, at).await?.into());
    }
    let Some(file) = found(ports.leads.file(workspace, &id.lead()).await)? else {
        return Err(Sent::Done.into());
    };
    // The questions that were read with the lead are about another attempt.
    if file.messages.iter().any(|there| there.id == message.id && there.rev != message.rev) {
        return Err(Sent::changed_meanwhile().into());
    }
    match (message.state, message.accepted_at) {
        (MessageState::Uncertain, _) => Ok((message, file)),
        (MessageState::Queued, _) => {
            // A function that was thought to have broken off has reported that nothing went out.
            close_questions(&*ports.tasks, &file.tasks, &message, now).await?;
            Ok((message, file))
        }
        (state, accepted_at) => {
            // The function that recorded the outcome may have broken off right then.
            if accepted_at.is_some() || state > MessageState::Abandoned {
                close_questions(&*ports.tasks, &file.tasks, &message, now).await?;
            }
            if let Some(at) = accepted_at {
                note_sent(ports, &file.lead, &message, at).await?;
            }
            Err(Sent::Done.into())
        }
    }
}

/// Keeps to the time of the next try. A queue message that comes twice brings it no sooner, and finds the message even if the
/// function that deferred it has died.
async fn not_yet(ports: &SendPorts, message: &Message, at: Timestamp) -> StoreResult<Sent> {
    match seconds_until(ports.clock.now(), at) {
        soon @ ..=LONGEST_DELAY_SECONDS => Ok(Sent::later(soon, "not to be tried again yet")),
        _ => put_next_look(ports, message, at).await,
    }
}

/// Opens the account that the message goes out by. One that was queued without leaves from the account that the lead knows,
/// or fails where a user has to choose. A message waits for its account, and its author is told: no other takes its place, but the
/// same mailbox or number that was connected anew.
async fn account_for(ports: &SendPorts, one_off: &OneOff) -> Result<OpenAccount, NoCall> {
    let OneOff { workspace, message, file, .. } = one_off;
    let class = FailureClass::NoAccount;
    let chosen = match &message.account {
        Some(chosen) => chosen.clone(),
        None => {
            let all = ports.accounts.list(&workspace.id).await?;
            match choose_sender(&all, &file.messages, message.channel, None) {
                Ok(sender) => sender.id.clone(),
                Err(why) => {
                    let detail = why.not_sent();
                    return Err(match one_off.is_bulk() {
                        true => wait_for_account(ports, message, class, detail).await?,
                        false => refuse(ports, message.clone(), class, detail.to_owned()).await?,
                    }
                    .into());
                }
            }
        }
    };
    if let Some(account) = sending_account(ports, &workspace.id, message.channel, &chosen).await? {
        return Ok(account);
    }
    if message.test {
        let detail = "no account can send this".to_owned();
        return Err(refuse(ports, message.clone(), class, detail).await?.into());
    }
    if found(ports.accounts.get(&workspace.id, &chosen).await)?.is_none() {
        let all = ports.accounts.list(&workspace.id).await?;
        let anew = connected_anew(&chosen, &file.messages, &all, message.channel);
        let anew = match anew {
            Some(anew) => sending_account(ports, &workspace.id, message.channel, &anew.id).await?,
            None => None,
        };
        return match anew {
            Some(account) => Ok(account),
            None => Err(wait_for_cancellation(ports, message).await?.into()),
        };
    }
    let detail = "waits: the account that it leaves from is switched off or cannot be opened";
    Err(wait_for_account(ports, message, class, detail).await?.into())
}
