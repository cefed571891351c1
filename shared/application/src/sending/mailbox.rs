//! The mailbox of a lead whose mail is to go out: their own, that of the slot which was taken for them, or one chosen now.

use crate::campaign::mailbox_choice::{candidates, open_mailboxes};
use crate::ports::store::StoreResult;
use crate::queue_messages::Slot;
use crate::sending::SendPorts;
use crate::sending::context::SendContext;
use crate::sending::memory::Memory;
use domain::capacity::follow_up_load::FollowUps;
use domain::capacity::mailbox_rotation::choose;
use domain::capacity::quota::SlotRequest;
use domain::contact::channel::{Channel, Touch};
use domain::enrolment::Enrolment;
use domain::planning::planner::goes_on_from_another;
use jiff::Timestamp;

/// Known before the step is planned, so that it is planned by the hours of this mailbox. It is written with whatever is
/// written of the enrolment next.
pub(super) fn of_slot(scene: &SendContext, enrolment: &mut Enrolment, slot: Option<&Slot>, now: Timestamp) {
    let Some(Slot { sender, .. }) = slot else {
        return enrolment.keep_to_mailbox(&scene.file.lead, &scene.calendar, now);
    };
    if enrolment.mailbox.is_none() && scene.calendar.mailboxes.contains_key(sender) {
        enrolment.mailbox = Some(sender.clone());
    }
}

/// Says whether another one was chosen than the step was planned with.
pub(super) async fn choose_now(
    ports: &SendPorts,
    memory: &mut Memory,
    scene: &SendContext,
    enrolment: &mut Enrolment,
    (touch, follow_ups, slot): (Touch, &FollowUps<'_>, Option<&Slot>),
) -> StoreResult<bool> {
    let before = enrolment.mailbox.clone();
    let open = open_mailboxes(&scene.campaign, &scene.senders);
    let own = open.iter().find(|mailbox| Some(&mailbox.id) == before.as_ref());
    if let Some(own) = own {
        // Who was never written to does not wait for one that is down, nor anybody for one that has failed for long.
        let (campaign, now) = (&scene.campaign, ports.clock.now());
        let waits = goes_on_from_another(enrolment, campaign, &scene.calendar, now)
            || !enrolment.knows_mailbox()
                && open.len() > 1
                && memory.gates.closed(ports, own, enrolment.key.lead.as_str()).await?.is_some();
        if !waits {
            return Ok(false);
        }
    }
    // Chosen before, when the slot was taken: another choice would want another slot.
    let taken = slot.filter(|slot| Some(&slot.sender) != before.as_ref());
    if let Some(slot) = taken.filter(|slot| open.iter().any(|mailbox| mailbox.id == slot.sender)) {
        enrolment.mailbox = Some(slot.sender.clone());
    } else if let [only] = open.as_slice() {
        enrolment.mailbox = Some(only.id.clone());
    } else {
        let now = ports.clock.now();
        let candidates = candidates((&*ports.breakers, &*ports.quotas), &open, now).await?;
        let wish = SlotRequest { at: now, opening: touch.opening };
        let chosen = choose(&candidates, &enrolment.key.lead, wish, follow_ups);
        let chosen = chosen.map(|chosen| &candidates[chosen]);
        // Where none works any better, it stays as it is.
        if own.is_none() || chosen.is_some_and(|chosen| chosen.works) {
            enrolment.mailbox = chosen.map(|chosen| chosen.mailbox.clone());
        }
    }
    Ok(enrolment.mailbox != before)
}

impl SendContext {
    /// Whether it works or fails.
    pub fn has_mailbox_of(&self, enrolment: &Enrolment) -> bool {
        enrolment.mailbox.as_ref().is_some_and(|own| self.calendar.mailboxes.contains_key(own))
    }

    /// At one that goes out by no mailbox.
    pub fn is_at_text(&self, enrolment: &Enrolment) -> bool {
        let step = enrolment.step.as_ref().and_then(|step| self.version_of(enrolment).step(step));
        step.and_then(|step| step.kind.channel()).is_some_and(|channel| channel != Channel::Email)
    }
}
