//! Where an enrolment goes from a step, with what finds it there.

use crate::campaign::due_step::due_step;
use crate::ports::due::Hint;
use crate::ports::store::StoreResult;
use crate::sending::context::SendContext;
use crate::sending::{Afterwards, Move, SendPorts, Sent};
use domain::StepId;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::Event;
use jiff::{SignedDuration, Timestamp};

/// Until the message of one that broke off comes again, and what the clocks of both may be off.
const WRITER_TAKES: SignedDuration = SignedDuration::from_mins(13);
const EARLY_WAIT_SECONDS: i64 = 60;

/// Nobody noticed the step: the next one is planned at once. `late`: when it was to be done, if that is long ago.
pub(super) fn leave_behind(
    scene: &SendContext,
    mut enrolment: Enrolment,
    (at, to, late): (Timestamp, Option<StepId>, Option<Timestamp>),
    event: Event,
    number: usize,
    afterwards: &mut Afterwards,
) {
    enrolment.advance_onto(at, to, &scene.version, scene.onward.as_ref());
    enrolment.inherit_lateness(late, scene.version_of(&enrolment));
    scene.settle(&mut enrolment, event.at);
    afterwards.hints.extend(enrolment.due.map(|at| step_hint(scene, &enrolment, at)));
    afterwards.moves.push((number, Move::of(enrolment, event)));
}

pub(super) fn hold(
    mut enrolment: Enrolment,
    reason: HoldReason,
    until: Option<Timestamp>,
    now: Timestamp,
    number: usize,
    afterwards: &mut Afterwards,
) {
    if enrolment.hold(reason, until, now).is_ok() {
        held(enrolment, until, now, number, afterwards);
    }
}

/// Writes down a hold that the enrolment has already, with the hint that ends it.
pub(super) fn held(
    enrolment: Enrolment,
    until: Option<Timestamp>,
    now: Timestamp,
    number: usize,
    afterwards: &mut Afterwards,
) {
    afterwards.hints.extend(until.map(|at| look_hint(&enrolment, at)));
    let event = Event::system("enrolment_held", now);
    afterwards.moves.push((number, Move::of(enrolment, event)));
}

pub(super) fn end(
    mut enrolment: Enrolment,
    reason: EndReason,
    now: Timestamp,
    number: usize,
    afterwards: &mut Afterwards,
) {
    enrolment.end(reason, now);
    let event = Event::system("enrolment_ended", now);
    afterwards.moves.push((number, Move::of(enrolment, event)));
}

/// What is looked at again may be no message any more.
pub(super) fn look_hint(enrolment: &Enrolment, at: Timestamp) -> Hint {
    Hint { at, what: due_step(enrolment, None) }
}

pub(super) fn step_hint(scene: &SendContext, enrolment: &Enrolment, at: Timestamp) -> Hint {
    Hint { at, what: due_step(enrolment, Some(scene.version_of(enrolment))) }
}

/// A hold that is over becomes scheduled again before it can be claimed.
pub(super) async fn scheduled(
    ports: &SendPorts,
    mut enrolment: Enrolment,
    now: Timestamp,
) -> StoreResult<Option<Enrolment>> {
    if enrolment.state == EnrolmentState::Scheduled {
        return Ok(Some(enrolment));
    }
    if enrolment.resume(now).is_err() {
        return Ok(None);
    }
    // Who was faster may have been ourselves, the answer lost: the message stays, and is looked at again.
    enrolment.rev = ports.enrolments.save(&enrolment, &Event::system("enrolment_resumed", now)).await?;
    Ok(Some(enrolment))
}

/// Hints are put before what they are about is written, and may be faster. They come again while their writer may still
/// be at it, each time after twice as long, so that none is received so often that it counts as dead; a writer that broke
/// off comes again itself, and puts another hint.
pub(super) fn not_written(due: Timestamp, now: Timestamp) -> Sent {
    let since = now.duration_since(due);
    if since > WRITER_TAKES {
        return Sent::Done;
    }
    let wait = u32::try_from(since.as_secs().saturating_add(EARLY_WAIT_SECONDS));
    Sent::Later(wait.unwrap_or(0), "what it is about is not written yet".to_owned())
}
