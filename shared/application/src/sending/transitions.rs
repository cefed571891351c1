//! The ways in which an enrolment leaves a step or waits at it, with the hint that finds it there. Nothing is written here:
//! each goes into the writes of its run.

use crate::ports::store::StoreResult;
use crate::sending::context::{SendContext, look_hint};
use crate::sending::run::SendRun;
use domain::StepId;
use domain::capacity::admission::DelayReason;
use domain::enrolment::deferral::Deferral;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Event, EventKind};
use domain::message::Message;
use domain::mutant;
use domain::planning::planner::Decision;
use jiff::Timestamp;

/// The way out of a step that an enrolment leaves without a message.
pub(super) struct Exit {
    /// The next step; without one the enrolment is finished.
    pub to: Option<StepId>,
    /// The time from which the next step's delay counts.
    pub at: Timestamp,
    /// When the step was planned for, if that makes it late.
    pub late: Option<Timestamp>,
}

/// Moves the enrolment to the next step after its message was accepted at `done_at`.
pub(super) fn complete_step(
    run: &mut SendRun<'_>,
    context: &SendContext,
    mut enrolment: Enrolment,
    message: &Message,
    done_at: Timestamp,
) {
    let now = run.now();
    enrolment.note_accepted_message(message);
    let planning = &context.planning;
    let below = enrolment.step().as_ref().and_then(|step| planning.version.after(step));
    enrolment.advance_onto(done_at, below, &planning.version, context.onward.as_ref());
    context.schedule_or_end(&mut enrolment, now);
    let event = Event::system(EventKind::StepDone, now).because(message.id.as_str());
    if mutant!("step_without_next_hint") {
        run.writes.next = Some((enrolment, event));
        return;
    }
    wait(run, context, enrolment, event);
}

/// Moves the enrolment on from a step that sent nothing. The next one is planned at once.
pub(super) fn leave_step(
    run: &mut SendRun<'_>,
    context: &SendContext,
    mut enrolment: Enrolment,
    exit: Exit,
    event: Event,
) {
    enrolment.advance_onto(exit.at, exit.to, &context.planning.version, context.onward.as_ref());
    enrolment.inherit_lateness(exit.late, context.version_of(&enrolment));
    context.schedule_or_end(&mut enrolment, event.at);
    wait(run, context, enrolment, event);
}

/// Defers the step until then, or the first time after it at which the planner lets the message go out.
pub(super) fn defer(
    run: &mut SendRun<'_>,
    context: &SendContext,
    mut enrolment: Enrolment,
    until: Timestamp,
    why: DelayReason,
) {
    let now = run.now();
    // Only what nobody planned makes a message late.
    let is_unplanned = matches!(why, DelayReason::ProviderDown | DelayReason::MailboxUnread);
    let deferral = if is_unplanned { Deferral::Outage } else { Deferral::OwnLimit };
    enrolment.defer(deferral, until, now);
    if let Decision::Wait { until } = context.decide(&enrolment, now) {
        enrolment.plan_for(until);
    }
    wait(run, context, enrolment, Event::system(EventKind::StepWaits, now).because(why.as_str()));
}

/// Lets the enrolment wait for the time that the planner names.
pub(super) fn wait_until(
    run: &mut SendRun<'_>,
    context: &SendContext,
    mut enrolment: Enrolment,
    until: Timestamp,
) {
    let now = run.now();
    enrolment.wait_until(until, now);
    wait(run, context, enrolment, Event::system(EventKind::StepWaits, now));
}

/// Writes the enrolment as it is now, and the hint of its due time before.
fn wait(run: &mut SendRun<'_>, context: &SendContext, enrolment: Enrolment, event: Event) {
    run.writes.hints.extend(context.step_hint(&enrolment));
    run.writes.next = Some((enrolment, event));
}

/// Lets the step be planned again at once, after an attempt that certainly was not made or is to be made once more.
pub(super) fn try_again(run: &mut SendRun<'_>, mut enrolment: Enrolment, event: EventKind) {
    let now = run.now();
    enrolment.try_again(now);
    run.writes.hints.push(look_hint(&enrolment, now));
    run.writes.next = Some((enrolment, Event::system(event, now)));
}

/// Holds the enrolment, if it can be held.
pub(super) fn hold(
    run: &mut SendRun<'_>,
    mut enrolment: Enrolment,
    reason: HoldReason,
    until: Option<Timestamp>,
) {
    if enrolment.hold(reason, until, run.now()).is_ok() {
        held(run, enrolment);
    }
}

/// Gives the claim back after a try that counts, and holds the enrolment.
pub(super) fn hold_claimed(
    run: &mut SendRun<'_>,
    mut enrolment: Enrolment,
    reason: HoldReason,
    until: Timestamp,
) {
    if enrolment.defer(Deferral::Held(reason), until, run.now()) {
        held(run, enrolment);
    }
}

/// A held enrolment is looked at when the hold ends, and may be at no message then.
fn held(run: &mut SendRun<'_>, enrolment: Enrolment) {
    run.writes.hints.extend(enrolment.due().map(|at| look_hint(&enrolment, at)));
    run.writes.next = Some((enrolment, Event::system(EventKind::EnrolmentHeld, run.now())));
}

pub(super) fn end(run: &mut SendRun<'_>, mut enrolment: Enrolment, reason: EndReason) {
    let now = run.now();
    enrolment.end(reason, now);
    run.writes.next = Some((enrolment, Event::system(EventKind::EnrolmentEnded, now)));
}

/// Schedules an enrolment whose hold is over, before it can be claimed. `None`: it is neither scheduled nor held.
pub(super) async fn scheduled(run: &SendRun<'_>, mut enrolment: Enrolment) -> StoreResult<Option<Enrolment>> {
    if *enrolment.state() == EnrolmentState::Scheduled {
        return Ok(Some(enrolment));
    }
    let now = run.now();
    if enrolment.resume(now).is_err() {
        return Ok(None);
    }
    // A conflict may be our own write with the answer lost: the queue message stays, and the step is looked at again.
    let event = Event::system(EventKind::EnrolmentResumed, now);
    let rev = run.ports.enrolments.save(&enrolment, &event).await?;
    Ok(Some(enrolment.stored_at(rev)))
}
