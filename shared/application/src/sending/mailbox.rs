//! The mailbox of a lead whose mail is to go out: their own, that of the slot which was taken for them, or one chosen now.

use super::SendPorts;
use super::step::Scene;
use crate::mailboxes::{candidates, open_mailboxes};
use crate::queue_messages::Slot;
use crate::store::StoreResult;
use domain::enrolment::Enrolment;
use domain::pace::Wish;
use domain::rotation::choose;
use domain::sequence::Touch;

/// Known before the step is planned, so that it is planned by the hours of this mailbox. It is written with whatever is
/// written of the enrolment next.
pub(super) fn of_slot(scene: &Scene, enrolment: &mut Enrolment, slot: Option<&Slot>) {
    let Some(Slot { sender, .. }) = slot else { return };
    if enrolment.mailbox.is_none() && scene.calendar.mailboxes.contains_key(sender) {
        enrolment.mailbox = Some(sender.clone());
    }
}

pub(super) async fn choose_now(
    ports: &SendPorts,
    scene: &Scene,
    enrolment: &mut Enrolment,
    touch: Touch,
) -> StoreResult<()> {
    if has_one(scene, enrolment) {
        return Ok(());
    }
    let now = ports.clock.now();
    let open = open_mailboxes(&scene.campaign, &scene.senders);
    let candidates = candidates((&*ports.breakers, &*ports.paces), &open, now).await?;
    let wish = Wish { at: now, opening: touch.opening };
    let chosen = choose(&candidates, &enrolment.key.lead, wish, scene.version.window.week());
    enrolment.mailbox = chosen.map(|chosen| candidates[chosen].mailbox.clone());
    Ok(())
}

fn has_one(scene: &Scene, enrolment: &Enrolment) -> bool {
    enrolment.mailbox.as_ref().is_some_and(|own| scene.calendar.mailboxes.contains_key(own))
}
