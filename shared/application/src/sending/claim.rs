//! One attempt at a step, in an order in which a crash does no harm. Each write is durable before the next begins.
//!
//! 1. The *ledger row* is written: the message in state `sending`, with its words, its account, its request word for word where
//!    that may be repeated under a key, and the revision `r` at which the enrolment was planned.
//! 2. The enrolment is *claimed*, if its revision is still `r`; then the permits are looked at once more.
//! 3. The provider is called with the request of the row.
//! 4. The row is moved to accepted, refused or uncertain.
//! 5. The hint of the next step is written, and
//! 6. the enrolment is advanced.
//!
//! After a crash the next function reads enrolment and row. If there is a row at `r` and nobody has claimed `r`, no call was made.
//! While the enrolment still is at `r` the row is adopted with its words; once the enrolment was written since, the row is void:
//! another one takes its place, or it is cancelled. If a claim of `r` has expired while the row is `sending`, nobody knows
//! (`reconcile`), and the row holds the request. If the row is beyond that, the hint and the enrolment are written and no call is
//! made. An attempt therefore leaves the enrolment only once its row has left `sending`, or when it is certain that the provider
//! has not accepted the message.

use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::{StoreError, StoreResult, found};
use crate::sending::context::SendContext;
use crate::sending::ports::SendPorts;
use crate::sending::sent::Sent;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Event, EventKind};
use domain::message::{Attempt, Message, MessageState, RENDERER};
use domain::mutant;
use domain::{MessageId, WorkspaceId};

/// Writes the row of an attempt in the place of the one that was read, which its revision names. `None`: another attempt has
/// written its own row meanwhile.
pub(super) async fn write_row(
    ports: &SendPorts,
    mut row: Message,
    enrolment: &Enrolment,
) -> StoreResult<Option<Message>> {
    row.state = MessageState::Sending;
    row.attempt = Some(Attempt { rev: enrolment.rev(), renderer: RENDERER });
    let event = Event::system(EventKind::MessageRowWritten, ports.clock.now());
    let written = match row.rev {
        0 => ports.messages.create(&row, &event).await.map(|()| 1),
        _ => ports.messages.save(&row, &event).await,
    };
    match written {
        Ok(rev) => return Ok(Some(Message { rev, ..row })),
        Err(StoreError::Conflict) => {}
        Err(other) => return Err(other),
    }
    // It may be our own write with the answer lost, or another function's in the very same words.
    let there = found(ports.messages.get(&row.workspace, &row.id).await)?;
    Ok(there.filter(|there| {
        (there.state, there.attempt, &there.account) == (row.state, row.attempt, &row.account)
            && (&there.to, &there.subject, &there.text) == (&row.to, &row.subject, &row.text)
            && there.frozen == row.frozen
    }))
}

/// Whether a row of the enrolment's present revision may still go out: by the same account, and to an address where the lead
/// is reached now.
pub(super) fn fits(context: &SendContext, row: &Message, account: &OpenAccount) -> bool {
    row.account.as_ref() == Some(&account.id)
        && context.file.lead.is_reached_at(&row.to)
        && row.attempt.is_some_and(|attempt| attempt.renderer == RENDERER)
}

/// Makes a row of the present revision void that does not fit any more. Another function may be about to claim for it, so the
/// enrolment is written as it is, after which nobody can.
pub(super) async fn void_row(ports: &SendPorts, enrolment: &Enrolment) -> StoreResult<Sent> {
    let event = Event::system(EventKind::AttemptDropped, ports.clock.now());
    match ports.enrolments.save(enrolment, &event).await {
        Ok(_) | Err(StoreError::Conflict) => Ok(Sent::overtaken()),
        Err(other) => Err(other),
    }
}

/// Cancels the campaign's rows for which no attempt can be made any more, because the enrolment has left them behind.
pub(super) async fn cancel_void(
    ports: &SendPorts,
    context: &SendContext,
    enrolment: &Enrolment,
) -> StoreResult<()> {
    for row in rows_of_attempts(context, enrolment) {
        let rev = row.attempt.map_or(0, |attempt| attempt.rev);
        if !enrolment.attempt_is_possible(rev, row.step.as_ref()) {
            cancel_row(ports, &row.workspace, &row.id, rev).await?;
        }
    }
    Ok(())
}

/// The enrolment's rows of which nothing is known but that they were written.
pub(super) fn rows_of_attempts<'a>(
    context: &'a SendContext,
    enrolment: &Enrolment,
) -> impl Iterator<Item = &'a Message> {
    let campaign = enrolment.key().campaign.clone();
    let is_of_attempt =
        move |row: &&Message| row.state == MessageState::Sending && row.campaign.as_ref() == Some(&campaign);
    context.file.attempts.iter().filter(is_of_attempt)
}

/// Cancels a row, if it is still of the attempt at this revision or of one before it, which was certainly not made or not
/// accepted.
pub(super) async fn cancel_row(
    ports: &SendPorts,
    workspace: &WorkspaceId,
    id: &MessageId,
    rev: u64,
) -> StoreResult<()> {
    let row = found(ports.messages.get(workspace, id).await)?;
    let is_it =
        |row: &Message| row.state == MessageState::Sending && row.attempt.is_some_and(|own| own.rev <= rev);
    let Some(mut row) = row.filter(is_it) else { return Ok(()) };
    if mutant!("row_kept_after_stop") {
        return Ok(());
    }
    row.cancel_attempt();
    let event = Event::system(EventKind::MessageRowCancelled, ports.clock.now());
    match ports.messages.save(&row, &event).await {
        Ok(_) | Err(StoreError::Conflict) => Ok(()),
        Err(other) => Err(other),
    }
}

/// Deals with an attempt whose enrolment was written by another function before it could be claimed.
pub(super) async fn claim_gone(
    ports: &SendPorts,
    planned: &Enrolment,
    row: &Message,
    there: Option<Enrolment>,
) -> StoreResult<Sent> {
    let EnrolmentKey { workspace, lead, .. } = planned.key();
    let Some(there) = there else {
        ports.leads.delete_leftovers(workspace, lead).await?;
        return Ok(Sent::Done);
    };
    if !there.attempt_is_possible(planned.rev(), row.step.as_ref()) {
        cancel_row(ports, workspace, &row.id, planned.rev()).await?;
    }
    // The other function may be dead, and no other may come: the message's outcome is looked at anew. A step that was deferred
    // for seconds is found by its queue message alone, which may be this one.
    let is_deferred =
        (there.generation(), there.state()) == (planned.generation(), &EnrolmentState::Scheduled);
    let looks_again =
        there.claim_open_until().is_some() || row.state == MessageState::Uncertain || is_deferred;
    Ok(if looks_again { Sent::overtaken() } else { Sent::Done })
}
