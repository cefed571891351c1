//! The writes that wait until a whole batch was sent: the hints of all its messages first, packed together, then the
//! enrolments. A function that breaks off in between leaves claims that expire, and messages that say how they ended.

use crate::ports::due::Hint;
use crate::ports::store::{StoreError, StoreResult, found, unless_taken};
use crate::queue_messages::Slot;
use crate::sending::admission::caps::TakenCaps;
use crate::sending::admission::slot::give_back_slots;
use crate::sending::claim::cancel_row;
use crate::sending::hold_race::{HoldRace, recheck_raced_holds};
use crate::sending::ports::SendPorts;
use crate::sending::sent::Sent;
use domain::AccountId;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::{ClaimToken, Enrolment};
use domain::event::Event;
use domain::lead::Lead;
use domain::message::Message;
use domain::workspace::account::Account;
use futures::future::join_all;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The writes that remain of one message.
#[derive(Default)]
pub(super) struct Writes {
    pub hints: Vec<Hint>,
    /// The enrolment's next state, with the event that says why.
    pub next: Option<(Enrolment, Event)>,
    /// The enrolment's lead as it was last read or written.
    pub lead: Option<Lead>,
    /// Ledger rows of earlier attempts. They are cancelled once the enrolment is written, when no claim for them can
    /// succeed any more.
    pub rows: Vec<Message>,
    /// The claim that `next` is the outcome of.
    pub claim: Option<ClaimOutcome>,
    /// A hold that may have raced with a resume.
    pub hold: Option<HoldRace>,
    /// A slot, and a place under the caps, that the message does not use. They are given back by the function whose
    /// write moves the enrolment: a repeat finds it moved, and gives nothing back.
    pub unused_slot: Option<(Account, Slot)>,
    pub unused_caps: TakenCaps,
}

pub(super) struct ClaimOutcome {
    pub token: ClaimToken,
    /// Whether it is known that the provider accepted or refused the message.
    pub is_known: bool,
}

/// A message that was sent, or dealt with in another way, and what is to be written of it.
pub(super) struct Unfinished {
    /// The message's number in its batch.
    pub number: usize,
    pub answer: Sent,
    pub writes: Writes,
}

/// Writes what remains of a batch, the moves of its groups side by side.
pub(super) async fn finish(ports: &SendPorts, groups: &mut [Vec<Unfinished>]) {
    let hints: Vec<Hint> =
        groups.iter().flatten().flat_map(|message| message.writes.hints.iter().cloned()).collect();
    if !hints.is_empty()
        && let Err(error) = ports.due.put(&hints).await
    {
        // The claims stay. When they have expired, the recorded messages tell that these steps are done. A message with
        // a hint and no move comes again for the hint; one with neither finds nothing to do.
        for message in groups.iter_mut().flatten().filter(|message| message.answer == Sent::Done) {
            message.answer = Sent::broken(&error);
        }
        return;
    }
    let unused = join_all(groups.iter_mut().map(|group| write_moves(ports, group))).await;
    let races = groups.iter().flatten().filter_map(|message| message.writes.hold.as_ref());
    if let Err(error) = recheck_raced_holds(ports, races).await {
        for message in groups.iter_mut().flatten().filter(|message| message.writes.hold.is_some()) {
            message.answer = Sent::broken(&error);
        }
    }
    let mut slots: BTreeMap<AccountId, (Account, Vec<(Timestamp, bool)>)> = BTreeMap::new();
    for (account, slot) in unused.into_iter().flatten() {
        let (_, unused) = slots.entry(account.id.clone()).or_insert_with(|| (account, Vec::new()));
        unused.push((slot.at, slot.opening));
    }
    for (account, slots) in slots.into_values() {
        give_back_slots(ports, &account, &slots).await;
    }
}

/// Writes the moves of a group one after the other. Returns the slots that nobody uses.
async fn write_moves(ports: &SendPorts, group: &mut [Unfinished]) -> Vec<(Account, Slot)> {
    let mut slots = Vec::new();
    for Unfinished { answer, writes, .. } in group {
        let Some((enrolment, event)) = &writes.next else { continue };
        match write_move(ports, enrolment, event, writes).await {
            Ok(true) => {}
            Ok(false) => continue,
            Err(error) => {
                *answer = Sent::broken(&error);
                continue;
            }
        }
        slots.extend(writes.unused_slot.take());
        std::mem::take(&mut writes.unused_caps).give_back(ports).await;
        for row in &writes.rows {
            if let Err(error) = cancel_row(ports, &row.workspace, &row.id, enrolment.rev()).await {
                *answer = Sent::broken(&error);
            }
        }
    }
    slots
}

/// Writes a move. If a stop came in between, the enrolment has ended and there is nothing to write; where nobody knows
/// what became of its message, the message is looked at once more.
async fn write_move(
    ports: &SendPorts,
    enrolment: &Enrolment,
    event: &Event,
    writes: &Writes,
) -> StoreResult<bool> {
    match put_move(ports, enrolment, writes.lead.as_ref(), event).await {
        Err(StoreError::Conflict) => {}
        other => return other.map(|()| true),
    }
    let claim = writes.claim.as_ref();
    match found(ports.enrolments.get(enrolment.key()).await)? {
        Some(stored) if !stored.is_active() && claim.is_some_and(|claim| claim.is_known) => {
            cancel_claimed(ports, &stored, claim.map(|claim| &claim.token)).await.map(|()| false)
        }
        Some(stored) if claim.is_some_and(|claim| stored.is_claimed_by(&claim.token)) => {
            // A function that finds the claim expired, and the message recorded, moves it to its rollout's version.
            let kept = enrolment.with_wishes_of(&stored).ok_or(StoreError::Conflict)?;
            put_move(ports, &kept, None, event).await.map(|()| true)
        }
        Some(_) => Err(StoreError::Conflict),
        // The lead was deleted meanwhile; what was just written about it goes, too.
        None => {
            let EnrolmentKey { workspace, lead, .. } = enrolment.key();
            ports.leads.delete_leftovers(workspace, lead).await.map(|()| false)
        }
    }
}

async fn put_move(
    ports: &SendPorts,
    enrolment: &Enrolment,
    lead: Option<&Lead>,
    event: &Event,
) -> StoreResult<()> {
    if enrolment.is_active() {
        ports.enrolments.save(enrolment, event).await.map(drop)
    } else {
        ports.enrolments.finish(enrolment, lead, event).await
    }
}

/// Cancels the row of a claim whose attempt the provider has certainly not accepted, after a stop ended the enrolment.
async fn cancel_claimed(ports: &SendPorts, ended: &Enrolment, claim: Option<&ClaimToken>) -> StoreResult<()> {
    match (claim, ended.present_message()) {
        (Some(claim), Some(id)) => cancel_row(ports, &ended.key().workspace, &id, claim.attempt).await,
        _ => Ok(()),
    }
}

/// Writes the outcome of a claim at once, unless it is known already: by a stop, or by ourselves with the answer lost.
pub(super) async fn save_claimed(
    ports: &SendPorts,
    becomes: &Enrolment,
    token: &ClaimToken,
    event: &Event,
) -> StoreResult<()> {
    match ports.enrolments.save(becomes, event).await {
        Err(StoreError::Conflict) => {}
        other => return other.map(drop),
    }
    match found(ports.enrolments.get(becomes.key()).await)? {
        Some(stored) if stored.is_claimed_by(token) => match becomes.with_wishes_of(&stored) {
            Some(kept) => unless_taken(ports.enrolments.save(&kept, event).await.map(drop)),
            None => Ok(()),
        },
        Some(stored) if !stored.is_active() => cancel_claimed(ports, &stored, Some(token)).await,
        _ => Ok(()),
    }
}
