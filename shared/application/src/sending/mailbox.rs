//! The mailbox that a lead's mail goes out by: the lead's own, that of the slot which was taken, or one chosen now.

use crate::campaign::mailbox_choice::{candidates, open_mailboxes};
use crate::ports::store::StoreResult;
use crate::queue_messages::Slot;
use crate::sending::context::SendContext;
use crate::sending::run::SendRun;
use domain::capacity::admission::Admission;
use domain::capacity::follow_up_load::FollowUps;
use domain::capacity::mailbox_rotation::choose;
use domain::capacity::quota::SlotRequest;
use domain::enrolment::Enrolment;
use domain::planning::planner::may_change_mailbox;
use domain::workspace::account::Account;
use jiff::Timestamp;

/// Chooses the mailbox before the step is planned, so that it is planned by that mailbox's hours. It is written with the
/// enrolment's next write.
pub(super) fn choose_by_slot(
    context: &SendContext,
    enrolment: &mut Enrolment,
    slot: Option<&Slot>,
    now: Timestamp,
) {
    let calendar = &context.planning.calendar;
    let Some(Slot { sender, .. }) = slot else {
        return enrolment.keep_to_mailbox(&context.file.lead, calendar, now);
    };
    if enrolment.mailbox().is_none() && calendar.mailboxes.contains_key(sender) {
        enrolment.send_by(sender.clone());
    }
}

/// Chooses the mailbox of a step that goes out now. True if it is another one than the step was planned with.
pub(super) async fn choose_now(
    run: &mut SendRun<'_>,
    context: &SendContext,
    enrolment: &mut Enrolment,
    opening: bool,
    follow_ups: &FollowUps<'_>,
    slot: Option<&Slot>,
) -> StoreResult<bool> {
    let campaign = &context.planning.campaign;
    let before = enrolment.mailbox().clone();
    let open = open_mailboxes(campaign, &context.senders);
    let own = open.iter().find(|mailbox| Some(&mailbox.id) == before.as_ref());
    if let Some(own) = own {
        // A lead that was never written to does not wait for a mailbox that is down, and no lead for one that has failed for long.
        let moves = may_change_mailbox(enrolment, campaign, &context.planning.calendar, run.now())
            || !enrolment.knows_mailbox() && open.len() > 1 && breaker_is_open(run, own, enrolment).await?;
        if !moves {
            return Ok(false);
        }
    }
    // A mailbox was chosen before, when the slot was taken: another one would need another slot.
    let taken = slot.filter(|slot| Some(&slot.sender) != before.as_ref());
    if let Some(slot) = taken.filter(|slot| open.iter().any(|mailbox| mailbox.id == slot.sender)) {
        enrolment.send_by(slot.sender.clone());
    } else if let [only] = open.as_slice() {
        enrolment.send_by(only.id.clone());
    } else {
        let now = run.now();
        let candidates = candidates((&*run.ports.breakers, &*run.ports.quotas), &open, now).await?;
        let wish = SlotRequest { at: now, opening };
        let chosen = choose(&candidates, &enrolment.key().lead, wish, follow_ups);
        let chosen = chosen.map(|chosen| &candidates[chosen]);
        // The lead keeps its mailbox where no other works better.
        if own.is_none() || chosen.is_some_and(|chosen| chosen.works) {
            match chosen {
                Some(chosen) => enrolment.send_by(chosen.mailbox.clone()),
                None => enrolment.leave_mailbox(),
            }
        }
    }
    Ok(*enrolment.mailbox() != before)
}

async fn breaker_is_open(
    run: &mut SendRun<'_>,
    mailbox: &Account,
    enrolment: &Enrolment,
) -> StoreResult<bool> {
    let looked = run.breakers.look(run.ports, mailbox, enrolment.key().lead.as_str()).await?;
    Ok(matches!(looked, Admission::NotBefore { .. }))
}
