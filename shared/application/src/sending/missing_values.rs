//! Who lacks a value that a text names: held where it is needed, and found by whoever fills it in.

use crate::lead::change::change_read_lead;
use crate::ports::store::{StoreResult, found};
use crate::queue_messages::Slot;
use crate::sending::context::SendContext;
use crate::sending::gate::unused_slot;
use crate::sending::of_many::unused;
use crate::sending::reconcile::ask_about_present;
use crate::sending::{Afterwards, Move, SendPorts, Sent};
use domain::enrolment::Enrolment;
use domain::enrolment::reasons::HoldReason;
use domain::event::Event;
use domain::lead::Lead;

/// `slot`: what was taken for the step; `brought`: what its queue message brought. The lead is marked before, and the step comes
/// again: what was filled in until then is read with it, what is filled in from then on finds the mark.
pub(super) async fn hold_missing_values(
    ports: &SendPorts,
    scene: &SendContext,
    mut enrolment: Enrolment,
    (slot, brought): (Option<&Slot>, Option<&Slot>),
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let (lead, now) = (&scene.file.lead, ports.clock.now());
    if !lead.lacks_value {
        let mark = |lead: &mut Lead| {
            let is_new = !std::mem::replace(&mut lead.lacks_value, true);
            is_new.then(|| Event::system("value_wanted", now))
        };
        found(change_read_lead(&*ports.leads, lead, mark).await)?;
        if let Some((account, slot)) = unused_slot(scene, slot.filter(|slot| Some(*slot) != brought)) {
            unused(ports, &account, Some(&slot)).await;
        }
        return Ok(Sent::Later(1, "a value is missing".to_owned()));
    }
    ask_about_present(ports, scene, &enrolment, now).await?;
    if enrolment.hold(HoldReason::MissingValue, None, now).is_ok() {
        let event = Event::system("enrolment_held", now);
        let unused = unused_slot(scene, slot);
        afterwards.moves.push((number, Move { unused, ..Move::of(enrolment, event) }));
    }
    Ok(Sent::Done)
}
