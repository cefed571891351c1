//! One attempt at a step, in an order in which a crash does no harm. Each write is durable before the next begins.
//!
//! 1. The *row* is put down: the message in state `sending`, with its words, its account, its request word for word where
//!    that may be repeated under a key, and the revision `r` of the enrolment that it was planned at.
//! 2. The enrolment is *claimed*, if its revision is still `r`; then the permits are looked at once more.
//! 3. The provider is called with the request of the row.
//! 4. The row is moved to accepted, refused or uncertain.
//! 5. The hint of what follows is written, and
//! 6. the enrolment is advanced.
//!
//! After a crash the next function reads enrolment and row. A row at `r`, and nobody has claimed `r`: no call was made. While the
//! enrolment still is at `r` the row is adopted with its words; once it was written since, the row is void: another one takes its
//! place, or it is called off. A claim of `r` that ran out while the row is `sending`: nobody knows (`reconcile`), and the row holds
//! the request. A row beyond that: hint and advance, no call. An attempt therefore leaves the enrolment only once its row has left
//! `sending`, or when it is sure that the provider has not taken it.

use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::{StoreError, StoreResult, found};
use crate::sending::context::SendContext;
use crate::sending::{SendPorts, Sent};
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::Event;
use domain::message::{Attempt, Message, MessageState, RENDERER};
use domain::{MessageId, WorkspaceId};
use jiff::Timestamp;

/// Puts the row down in the place of what was read of it, which its revision names. `None`: another attempt has put down its own.
pub(super) async fn put_down(
    ports: &SendPorts,
    mut row: Message,
    enrolment: &Enrolment,
    now: Timestamp,
) -> StoreResult<Option<Message>> {
    row.state = MessageState::Sending;
    row.attempt = Some(Attempt { rev: enrolment.rev, renderer: RENDERER });
    let event = Event::system("message_put_down", now);
    let written = match row.rev {
        0 => ports.messages.create(&row, &event).await.map(|()| 1),
        _ => ports.messages.save(&row, &event).await,
    };
    match written {
        Ok(rev) => return Ok(Some(Message { rev, ..row })),
        Err(StoreError::Conflict) => {}
        Err(other) => return Err(other),
    }
    // By ourselves, the answer lost; or by another function, in the very same words.
    let there = found(ports.messages.get(&row.workspace, &row.id).await)?;
    Ok(there.filter(|there| {
        (there.state, there.attempt, &there.account) == (row.state, row.attempt, &row.account)
            && (&there.to, &there.subject, &there.text) == (&row.to, &row.subject, &row.text)
            && there.frozen == row.frozen
    }))
}

/// What a row of the enrolment's present revision says still may go out: by the same account, to where the lead is reached now.
pub(super) fn fits(scene: &SendContext, row: &Message, account: &OpenAccount) -> bool {
    row.account.as_ref() == Some(&account.id)
        && scene.file.lead.is_reached_at(&row.to)
        && row.attempt.is_some_and(|attempt| attempt.renderer == RENDERER)
}

/// A row of the present revision does not fit any more, and another function may be about to claim for it: the enrolment is
/// written as it is, after which nobody can.
pub(super) async fn make_void(ports: &SendPorts, enrolment: &Enrolment) -> StoreResult<Sent> {
    let event = Event::system("attempt_dropped", ports.clock.now());
    match ports.enrolments.save(enrolment, &event).await {
        Ok(_) | Err(StoreError::Conflict) => {}
        Err(other) => return Err(other),
    }
    Ok(overtaken())
}

pub(super) fn overtaken() -> Sent {
    Sent::Later(1, "changed since it was planned".to_owned())
}

/// Rows of this campaign that no attempt can be made for any more: the enrolment has left them behind.
pub(super) async fn call_off_void(
    ports: &SendPorts,
    scene: &SendContext,
    enrolment: &Enrolment,
) -> StoreResult<()> {
    for row in put_down_for(scene, enrolment) {
        let rev = row.attempt.map_or(0, |attempt| attempt.rev);
        if !enrolment.may_make(rev, row.step.as_ref()) {
            call_off(ports, (&row.workspace, &row.id), rev).await?;
        }
    }
    Ok(())
}

/// The rows of an enrolment of which nothing is known but that they were put down.
pub(super) fn put_down_for<'a>(
    scene: &'a SendContext,
    enrolment: &Enrolment,
) -> impl Iterator<Item = &'a Message> {
    let campaign = enrolment.key.campaign.clone();
    let is_theirs =
        move |row: &&Message| row.state == MessageState::Sending && row.campaign.as_ref() == Some(&campaign);
    scene.file.attempts.iter().filter(is_theirs)
}

/// The attempt at this revision, or one before it, was surely not made, or not taken: its row says nothing any more. What else
/// has become of the row stands.
pub(super) async fn call_off(
    ports: &SendPorts,
    (workspace, id): (&WorkspaceId, &MessageId),
    rev: u64,
) -> StoreResult<()> {
    let row = found(ports.messages.get(workspace, id).await)?;
    let is_it =
        |row: &Message| row.state == MessageState::Sending && row.attempt.is_some_and(|own| own.rev <= rev);
    let Some(mut row) = row.filter(is_it) else { return Ok(()) };
    row.call_off();
    let event = Event::system("message_called_off", ports.clock.now());
    match ports.messages.save(&row, &event).await {
        Ok(_) | Err(StoreError::Conflict) => Ok(()),
        Err(other) => Err(other),
    }
}

/// The enrolment was written by somebody else before it could be claimed.
pub(super) async fn claim_gone(
    ports: &SendPorts,
    planned: &Enrolment,
    row: &Message,
    there: Option<Enrolment>,
) -> StoreResult<Sent> {
    let EnrolmentKey { workspace, lead, .. } = &planned.key;
    let Some(there) = there else {
        ports.leads.delete_rest(workspace, lead).await?;
        return Ok(Sent::Done);
    };
    if !there.may_make(planned.rev, row.step.as_ref()) {
        call_off(ports, (workspace, &row.id), planned.rev).await?;
    }
    // Whoever was at it may be dead, and nobody else may come: what became of the message is looked at anew, and what was put off
    // for seconds is found by its queue message alone, which may be this one.
    let is_put_off = (there.generation, &there.state) == (planned.generation, &EnrolmentState::Scheduled);
    let looks_again = there.claim_open_until.is_some() || row.state == MessageState::Uncertain || is_put_off;
    Ok(if looks_again { overtaken() } else { Sent::Done })
}
