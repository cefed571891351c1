//! The slot of a message at an account with limits: asked for in the order in which messages are due.

use crate::campaign::quota_booking::{book_days, give_back, reserve};
use crate::ports::store::StoreResult;
use crate::queue_messages::Slot;
use crate::sending::ports::SendPorts;
use domain::capacity::admission::{Admission, DelayReason};
use domain::capacity::capacity_calendar::DayBooking;
use domain::capacity::follow_up_load::FollowUps;
use domain::capacity::quota::{Place, SendingLimits, SlotRequest};
use domain::workspace::account::Account;
use jiff::{SignedDuration, Timestamp};

/// The difference of the clocks of the function that reserved a slot and the one that uses it.
const SKEW: SignedDuration = SignedDuration::from_secs(2);

/// A slot that was granted. Without one the account has no limits.
pub(crate) struct TakenSlot {
    pub slot: Option<Slot>,
    /// Whether the slot's time is still to come, so that the message waits for it in the queue.
    pub is_ahead: bool,
}

/// A message that asks for a slot.
#[derive(Clone, Copy)]
pub(crate) struct SlotWish<'a> {
    pub opening: bool,
    /// The follow-ups that are booked with the message where it has to wait for another day.
    pub follow_ups: &'a FollowUps<'a>,
}

impl SlotWish<'_> {
    /// Grants the slot that the queue message brought, if it still holds, else reserves one.
    pub async fn take(
        &self,
        ports: &SendPorts,
        account: &Account,
        brought: Option<&Slot>,
    ) -> StoreResult<Admission<TakenSlot>> {
        let granted = |slot, is_ahead| Ok(Admission::Granted(TakenSlot { slot, is_ahead }));
        let Some(limits) = &account.limits else { return granted(None, false) };
        let (opening, now) = (self.opening, ports.clock.now());
        let holds = |slot: &&Slot| {
            slot.sender == account.id && slot.opening == opening && limits.allow_all_of(&slot.limits)
        };
        let is_ahead = |at: Timestamp| at.duration_since(ports.clock.now()) > SKEW;
        if let Some(slot) = brought.filter(holds).filter(|slot| limits.slot_lasts(slot.at, now)) {
            return granted(Some(slot.clone()), is_ahead(slot.at));
        }
        let wish = SlotRequest { at: now, opening };
        let places = reserve(&*ports.quotas, &*ports.clock, (account, limits), &[wish]).await?;
        match places.first() {
            Some(Place::Slot(at)) => {
                let slot = Slot { sender: account.id.clone(), at: *at, opening, limits: limits.clone() };
                // A slot of this moment is used now: its write took a moment, too.
                granted(Some(slot), is_ahead(*at))
            }
            Some(Place::About(at)) => self.not_before(ports, account, limits, *at).await,
            None => granted(None, false),
        }
    }

    /// Waits until later today, or for another day, behind the messages that were deferred to that day before.
    async fn not_before(
        &self,
        ports: &SendPorts,
        account: &Account,
        limits: &SendingLimits,
        at: Timestamp,
    ) -> StoreResult<Admission<TakenSlot>> {
        let (now, why) = (ports.clock.now(), DelayReason::SenderFull);
        let from = limits.day_of(at);
        if from == limits.day_of(now) {
            return Ok(Admission::NotBefore { at, why });
        }
        let coming = DayBooking { from, opening: self.opening, follow_ups: self.follow_ups };
        let days = book_days(&*ports.quotas, &*ports.clock, (account, limits), &[coming]).await?;
        let day = days.first().copied().unwrap_or(from);
        Ok(Admission::NotBefore { at: limits.same_time_on(now, day).max(at), why })
    }
}

/// Gives back slots that no message goes out in, as far as possible: a slot that is not given back is lost for that day.
pub(crate) async fn give_back_slots(ports: &SendPorts, account: &Account, slots: &[(Timestamp, bool)]) {
    if let Some(limits) = &account.limits
        && let Err(error) = give_back(&*ports.quotas, &*ports.clock, (account, limits), slots).await
    {
        tracing::warn!(account.id = %account.id, %error, "slots that nobody used were not given back");
    }
}
