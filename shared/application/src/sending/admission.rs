//! Admission: all that may delay a message right before it is claimed. First everything is looked at that may be closed,
//! so that no slot is taken in vain; then the slot, the call and the caps are taken, in this order.

pub(super) mod breaker;
pub(super) mod caps;
mod mailbox_read;
pub(super) mod slot;

use crate::ports::outbox::send_all;
use crate::ports::store::StoreResult;
use crate::queue_messages::{SendMessage, Slot};
use crate::sending::admission::caps::{Recipient, TakenCaps};
use crate::sending::admission::slot::{SlotWish, give_back_slots};
use crate::sending::ports::SendPorts;
use crate::sending::run::SendRun;
use crate::sending::sent::{LONGEST_DELAY_SECONDS, NoCall, Sent, seconds_until};
use domain::MessageId;
use domain::capacity::admission::Admission;
use domain::message::send_policy::SendAnswer;
use domain::workspace::account::Account;
use jiff::Timestamp;

/// A message that asks to go out by an account.
pub(super) struct Applicant<'a> {
    pub message: &'a MessageId,
    pub account: &'a Account,
    /// The slot that the queue message brought, with the account that it goes back to.
    pub brought: Option<(Account, Slot)>,
    /// None for a message that may have gone out before, which has had its slot and its place under the caps, and for
    /// one that a user writes to one lead, which waits for the account's day and hour alone.
    pub wish: Option<Wish<'a>>,
}

/// The slot and the place under the caps that a step or a bulk message asks for.
pub(super) struct Wish<'a> {
    pub slot: SlotWish<'a>,
    pub recipient: Recipient<'a>,
    /// The queue message that comes again in a slot whose time is still to come.
    pub in_slot: &'a (dyn Fn(Slot) -> SendMessage + Send + Sync),
}

/// Everything that was granted to a message.
#[derive(Default)]
pub(super) struct Granted {
    /// Whether everybody else waits for the outcome of this call.
    pub probe: bool,
    slot: Option<(Account, Slot)>,
    /// Whether the queue message brought the slot: if it comes again, it comes with it.
    is_slot_brought: bool,
    caps: TakenCaps,
    /// The place in the account's day of a message that takes no slot.
    pub counted: Option<(Account, Timestamp)>,
}

/// Why what was granted is released.
pub(super) enum Release {
    /// Another attempt at the same message was first. The time since the last message to the lead is that one's, too.
    Overtaken,
    /// No call was made, and the queue message comes again with the slot that it brought, if it brought one.
    ComesAgain,
    /// No call was made, and the queue message does not come again.
    NotCalled,
    /// The provider did not accept the message, and that is recorded.
    Answered(SendAnswer),
}

/// Asks breaker, slot and caps. If the message has to wait nevertheless, its slot goes back to its account: a new one
/// at once, and one that the queue message brought once the enrolment says so.
pub(super) async fn admit(
    run: &mut SendRun<'_>,
    applicant: Applicant<'_>,
) -> Result<Admission<Granted>, NoCall> {
    if let Admission::NotBefore { at, why } = look(run, &applicant).await? {
        run.writes.unused_slot = applicant.brought;
        return Ok(Admission::NotBefore { at, why });
    }
    let taken = match take_slot(run, &applicant).await? {
        Admission::Granted(taken) => taken,
        Admission::NotBefore { at, why } => return Ok(Admission::NotBefore { at, why }),
    };
    let brought = applicant.brought;
    let is_brought =
        |(_, slot): &(Account, Slot)| brought.as_ref().is_some_and(|(_, brought)| brought == slot);
    let is_slot_brought = taken.as_ref().is_none_or(is_brought);
    let slot = taken.or(brought);
    let Applicant { message, account, wish, .. } = applicant;
    let probe = match run.breakers.take_call(run.ports, account, message.as_str()).await? {
        Admission::Granted(probe) => probe,
        Admission::NotBefore { at, why } => {
            leave_slot(run, slot, is_slot_brought).await;
            return Ok(Admission::NotBefore { at, why });
        }
    };
    let Some(wish) = wish else {
        return Ok(Admission::Granted(Granted { probe, ..Granted::default() }));
    };
    match wish.recipient.take(run.ports, message).await? {
        Admission::Granted(caps) => {
            Ok(Admission::Granted(Granted { probe, slot, is_slot_brought, caps, counted: None }))
        }
        Admission::NotBefore { at, why } => {
            leave_slot(run, slot, is_slot_brought).await;
            Ok(Admission::NotBefore { at, why })
        }
    }
}

/// Looks at the breaker, at whether replies were read, and at the caps. Nothing is taken.
async fn look(run: &mut SendRun<'_>, applicant: &Applicant<'_>) -> StoreResult<Admission<()>> {
    let who = applicant.message.as_str();
    match run.breakers.look(run.ports, applicant.account, who).await? {
        Admission::Granted(()) => {}
        closed @ Admission::NotBefore { .. } => return Ok(closed),
    }
    let Some(wish) = &applicant.wish else { return Ok(Admission::Granted(())) };
    match mailbox_read::look(run, applicant.account).await? {
        Admission::Granted(()) => wish.recipient.look(run.ports).await,
        unread @ Admission::NotBefore { .. } => Ok(unread),
    }
}

/// Takes a slot. For one whose time is still to come the message waits in the queue.
async fn take_slot(
    run: &mut SendRun<'_>,
    Applicant { account, brought, wish, .. }: &Applicant<'_>,
) -> Result<Admission<Option<(Account, Slot)>>, NoCall> {
    let Some(wish) = wish else { return Ok(Admission::Granted(None)) };
    let brought = brought.as_ref().map(|(_, slot)| slot);
    let taken = match wish.slot.take(run.ports, account, brought).await? {
        Admission::Granted(taken) => taken,
        Admission::NotBefore { at, why } => return Ok(Admission::NotBefore { at, why }),
    };
    match taken.slot {
        Some(slot) if taken.is_ahead => {
            let delay = seconds_until(run.now(), slot.at).min(LONGEST_DELAY_SECONDS);
            send_all(&*run.ports.outbox, &[(wish.in_slot)(slot)], delay).await?;
            Err(Sent::Done.into())
        }
        slot => Ok(Admission::Granted(slot.map(|slot| ((*account).clone(), slot)))),
    }
}

/// Leaves the slot of a message that has to wait. A repeat brings no new slot again, so that goes back at once.
async fn leave_slot(run: &mut SendRun<'_>, slot: Option<(Account, Slot)>, is_brought: bool) {
    match slot {
        Some((account, slot)) if !is_brought => {
            give_back_slots(run.ports, &account, &[(slot.at, slot.opening)]).await;
        }
        brought => run.writes.unused_slot = brought,
    }
}

/// A slot with the account that it goes back to.
pub(super) fn slot_of_account(senders: &[Account], slot: Option<&Slot>) -> Option<(Account, Slot)> {
    let slot = slot?;
    let account = senders.iter().find(|account| account.id == slot.sender)?;
    Some((account.clone(), slot.clone()))
}

impl Granted {
    /// The slot that the queue message brought, and nothing else.
    pub fn brought_slot(slot: Option<(Account, Slot)>) -> Self {
        Self { slot, is_slot_brought: true, ..Self::default() }
    }

    /// Gives back what nobody used. What an enrolment's next write decides about goes back after that write.
    pub async fn release(self, run: &mut SendRun<'_>, why: Release) {
        let ports = run.ports;
        match why {
            Release::Overtaken => {
                self.give_back_day(ports, !self.is_slot_brought).await;
                self.caps.without_lead().give_back(ports).await;
            }
            Release::ComesAgain => {
                self.give_back_day(ports, !self.is_slot_brought).await;
                self.caps.give_back(ports).await;
            }
            Release::NotCalled => {
                self.give_back_day(ports, true).await;
                self.caps.give_back(ports).await;
            }
            Release::Answered(answer) => {
                let slot = self.slot.filter(|_| answer.frees_slot());
                let caps = if answer.frees_caps() { self.caps } else { TakenCaps::default() };
                if let Some((account, at)) = self.counted.filter(|_| answer.frees_slot()) {
                    give_back_slots(ports, &account, &[(at, false)]).await;
                }
                if run.writes.next.is_some() {
                    (run.writes.unused_slot, run.writes.unused_caps) = (slot, caps);
                } else {
                    caps.give_back(ports).await;
                }
            }
        }
    }

    /// Gives back the message's place in the account's day. A slot that the queue message brought, and brings again, is
    /// left out: given back, it would be used by two messages.
    async fn give_back_day(&self, ports: &SendPorts, with_slot: bool) {
        if let Some((account, slot)) = self.slot.as_ref().filter(|_| with_slot) {
            give_back_slots(ports, account, &[(slot.at, slot.opening)]).await;
        }
        if let Some((account, at)) = &self.counted {
            give_back_slots(ports, account, &[(*at, false)]).await;
        }
    }
}
