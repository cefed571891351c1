//! Leads that lack a value which a text names: held at the step that needs it, and released when the value is filled in.

use crate::lead::change::change_read_lead;
use crate::ports::store::{StoreResult, found};
use crate::queue_messages::Slot;
use crate::sending::admission::slot_of_account;
use crate::sending::context::SendContext;
use crate::sending::evidence::ask_about_present;
use crate::sending::run::SendRun;
use crate::sending::sent::Sent;
use crate::sending::transitions::hold;
use domain::enrolment::Enrolment;
use domain::enrolment::reasons::HoldReason;
use domain::event::{Event, EventKind};
use domain::lead::Lead;

/// Marks the lead first and looks at the step once more, then holds it. A value that is filled in before the mark is read
/// with the second look; one that is filled in later finds the mark. `slot` came with the queue message.
pub(super) async fn hold_for_value(
    run: &mut SendRun<'_>,
    context: &SendContext,
    enrolment: Enrolment,
    slot: Option<&Slot>,
) -> StoreResult<Sent> {
    let (lead, now) = (&context.file.lead, run.now());
    if !lead.lacks_value {
        let mark = |lead: &mut Lead| {
            let is_new = !std::mem::replace(&mut lead.lacks_value, true);
            is_new.then(|| Event::system(EventKind::ValueWanted, now))
        };
        found(change_read_lead(&*run.ports.leads, lead, mark).await)?;
        return Ok(Sent::later(1, "a value is missing"));
    }
    ask_about_present(run, context, &enrolment).await?;
    run.writes.unused_slot = slot_of_account(&context.senders, slot);
    hold(run, enrolment, HoldReason::MissingValue, None);
    Ok(Sent::Done)
}
