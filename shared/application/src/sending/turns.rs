//! Whose turn it is at an account with limits: asked before a message is put together, in the order of who is due.

use crate::campaign::quota_booking::{line_up, reserve};
use crate::ports::outbox::send_all;
use crate::ports::store::StoreResult;
use crate::queue_messages::{SendMessage, Slot};
use crate::sending::context::SendContext;
use crate::sending::gate::wait_outside;
use crate::sending::{Afterwards, SendPorts, Sent, seconds_until};
use domain::capacity::capacity_calendar::DayBooking;
use domain::capacity::follow_up_load::FollowUps;
use domain::capacity::quota::{Place, SendingLimits, SlotRequest};
use domain::enrolment::Enrolment;
use domain::workspace::account::Account;
use jiff::{SignedDuration, Timestamp};

/// Between the clocks of who gave a slot and who uses it.
const SKEW: SignedDuration = SignedDuration::from_secs(2);

pub(super) enum Turn {
    /// In this slot, where there are limits.
    Now(Option<Slot>),
    At(Slot),
    /// No slot within reach.
    NotBefore(Timestamp),
}

/// `follow_ups`: what is counted with the message where it has to wait for another day. `held`: a slot that was taken for the message before.
pub(super) async fn turn_at(
    ports: &SendPorts,
    follow_ups: &FollowUps<'_>,
    account: &Account,
    (opening, held): (bool, Option<&Slot>),
) -> StoreResult<Turn> {
    let Some(limits) = &account.limits else { return Ok(Turn::Now(None)) };
    let now = ports.clock.now();
    let ours = |slot: &&Slot| {
        slot.sender == account.id && slot.opening == opening && limits.allow_all_of(&slot.limits)
    };
    if let Some(slot) = held.filter(ours) {
        let late = now.duration_since(slot.at);
        if late < -SKEW {
            return Ok(Turn::At(slot.clone()));
        }
        if late <= limits.latest() {
            return Ok(Turn::Now(Some(slot.clone())));
        }
    }
    let wish = SlotRequest { at: now, opening };
    let places = reserve(&*ports.quotas, &*ports.clock, (account, limits), &[wish]).await?;
    match places.first() {
        Some(Place::Slot(at)) => {
            let slot = Slot { sender: account.id.clone(), at: *at, opening, limits: limits.clone() };
            Ok(if *at <= now { Turn::Now(Some(slot)) } else { Turn::At(slot) })
        }
        Some(Place::About(at)) => not_before(ports, follow_ups, (account, limits), (opening, *at)).await,
        None => Ok(Turn::Now(None)),
    }
}

/// Later today as it is; on another day behind those who were put off to that day before.
async fn not_before(
    ports: &SendPorts,
    follow_ups: &FollowUps<'_>,
    account: (&Account, &SendingLimits),
    (opening, at): (bool, Timestamp),
) -> StoreResult<Turn> {
    let limits = account.1;
    let now = ports.clock.now();
    let day = limits.day_of(at);
    if day == limits.day_of(now) {
        return Ok(Turn::NotBefore(at));
    }
    let coming = DayBooking { from: day, opening, follow_ups };
    let days = line_up(&*ports.quotas, &*ports.clock, account, &[coming]).await?;
    let day = days.first().copied().unwrap_or(day);
    Ok(Turn::NotBefore(limits.same_time_on(now, day).max(at)))
}

/// Its turn comes later: it waits in the queue where that is soon, else with a hint, and says so.
pub(super) async fn await_turn(
    ports: &SendPorts,
    scene: &SendContext,
    enrolment: Enrolment,
    generation: Turn,
    (number, afterwards): (usize, &mut Afterwards),
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    match generation {
        Turn::Now(_) => {}
        Turn::At(slot) => {
            let delay = seconds_until(now, slot.at).min(900);
            let message = SendMessage::Step {
                enrolment: enrolment.key,
                generation: enrolment.generation,
                due: slot.at,
                slot: Some(slot),
            };
            send_all(&*ports.outbox, &[message], delay).await?;
        }
        Turn::NotBefore(until) => {
            wait_outside(scene, enrolment, (until, "sender_full"), None, now, number, afterwards);
        }
    }
    Ok(Sent::Done)
}
