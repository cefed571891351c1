//! One step of one enrolment, from its queue message to what is written afterwards: it is read, planned, and done as the
//! planner says.

use crate::campaign::late_messages;
use crate::ports::store::StoreResult;
use crate::queue_messages::Slot;
use crate::sending::attempt::attempt;
use crate::sending::claim::{cancel_void, rows_of_attempts};
use crate::sending::context::{Found, SendContext, load_context};
use crate::sending::decide::decide;
use crate::sending::evidence::{ask_about_left, ask_about_present};
use crate::sending::hold_race::HoldRace;
use crate::sending::mailbox::choose_by_slot;
use crate::sending::reconcile::{reconcile, reconcile_ended};
use crate::sending::run::SendRun;
use crate::sending::sent::Sent;
use crate::sending::task_step::open_task;
use crate::sending::transitions::{Exit, end, hold, leave_step, scheduled, wait_until};
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Event, EventKind};
use domain::planning::planner::Decision;
use domain::planning::skip_reason::SkipReason;
use jiff::Timestamp;

/// A queue message that asks for a step.
#[derive(Clone, Copy)]
pub(super) struct StepOrder<'a> {
    pub key: &'a EnrolmentKey,
    /// The generation of the step that it asks for.
    pub generation: u16,
    pub due: Timestamp,
    pub slot: Option<&'a Slot>,
}

pub(super) async fn send_step(run: &mut SendRun<'_>, order: StepOrder<'_>) -> StoreResult<Sent> {
    let StepOrder { key, generation, due, slot } = order;
    let now = run.now();
    if due > now {
        return Ok(Sent::not_before(due, now, "not due yet"));
    }
    let (context, mut enrolment) = match load_context(run.ports, run.cache, key).await? {
        Found::Here(found) => *found,
        Found::NotWritten => return Ok(Sent::not_written(due, now)),
        Found::Gone => {
            run.ports.leads.delete_leftovers(&key.workspace, &key.lead).await?;
            return Ok(Sent::Done);
        }
    };
    run.writes.lead = Some(context.file.lead.clone());
    run.writes.rows = rows_of_attempts(&context, &enrolment).cloned().collect();
    if enrolment.generation() < generation || *enrolment.state() == EnrolmentState::Pending {
        return Ok(Sent::not_written(due, now));
    }
    if !enrolment.is_active() {
        return reconcile_ended(run, &context, &enrolment).await;
    }
    if enrolment.generation() > generation {
        ask_about_left(run, &context, &enrolment).await?;
        cancel_void(run.ports, &context, &enrolment).await?;
        return Ok(Sent::Done);
    }
    if is_deferred(&context, &enrolment, now) {
        return Ok(Sent::Done);
    }
    if matches!(enrolment.state(), EnrolmentState::Held { reason: HoldReason::Uncertain, .. }) {
        // Whatever else holds: nobody may send this again before it is reconciled.
        return reconcile(run, &context, enrolment).await;
    }
    choose_by_slot(&context, &mut enrolment, slot, now);
    let decision = decide(run.ports, &context, &enrolment, now).await?;
    carry_out(run, &context, enrolment, decision, order).await
}

/// Whether an uncertain message waits for a later look. Its hint finds it then, and a repeat brings it no sooner.
fn is_deferred(context: &SendContext, enrolment: &Enrolment, now: Timestamp) -> bool {
    let EnrolmentState::Held { reason, until: Some(until) } = *enrolment.state() else { return false };
    let is_uncertain = match reason {
        HoldReason::Uncertain => true,
        HoldReason::Mailbox | HoldReason::NotTaken => context.present_is_uncertain(enrolment),
        _ => false,
    };
    is_uncertain && until > now
}

/// Does what the planner has decided.
async fn carry_out(
    run: &mut SendRun<'_>,
    context: &SendContext,
    enrolment: Enrolment,
    decision: Decision,
    order: StepOrder<'_>,
) -> StoreResult<Sent> {
    let now = run.now();
    match decision {
        decision if is_to_reconcile(context, &enrolment, &decision) => {
            return reconcile(run, context, enrolment).await;
        }
        Decision::Send => {
            return match scheduled(run, enrolment).await? {
                Some(enrolment) => attempt(run, context, enrolment, order.slot).await,
                None => Ok(Sent::Done),
            };
        }
        Decision::OpenTask => return open_task(run, context, enrolment).await,
        Decision::Wait { until } if enrolment.is_claimed() => {
            return Ok(Sent::claimed_elsewhere(until, now));
        }
        Decision::Hold { reason, until } => {
            return hold_once(run, context, enrolment, reason, until, order.due).await;
        }
        Decision::AwaitTask => {}
        Decision::Wait { until } => wait_until(run, context, enrolment, until),
        Decision::Pass { to, at, because } => {
            let event = Event::system(EventKind::StepPassed, now).because(cause(&enrolment, &because));
            let exit = Exit { to, at, late: enrolment.planned_if_late(now) };
            leave_step(run, context, enrolment, exit, event);
        }
        Decision::Skip { why } => {
            ask_about_present(run, context, &enrolment).await?;
            let below = enrolment.step().as_ref().and_then(|step| context.planning.version.after(step));
            let event = Event::system(EventKind::StepSkipped, now).because(cause(&enrolment, why.as_str()));
            leave_step(run, context, enrolment, Exit { to: below, at: now, late: None }, event);
        }
        Decision::End(reason) => {
            ask_about_present(run, context, &enrolment).await?;
            end(run, enrolment, reason);
        }
    }
    Ok(Sent::Done)
}

/// Whether the present step's message is to be reconciled first. A lead that has lost its mailbox, or is late, may still have
/// an uncertain one.
fn is_to_reconcile(context: &SendContext, enrolment: &Enrolment, decision: &Decision) -> bool {
    match decision {
        Decision::Hold { reason: HoldReason::Uncertain, .. } => true,
        Decision::Hold { reason: HoldReason::Mailbox | HoldReason::Late, .. }
        | Decision::Skip { why: SkipReason::Late }
        | Decision::End(EndReason::MailboxGone) => context.present_is_uncertain(enrolment),
        _ => false,
    }
}

/// Holds the enrolment as the planner says, unless another message of the same step has done so.
async fn hold_once(
    run: &mut SendRun<'_>,
    context: &SendContext,
    enrolment: Enrolment,
    reason: HoldReason,
    until: Option<Timestamp>,
    due: Timestamp,
) -> StoreResult<Sent> {
    ask_about_present(run, context, &enrolment).await?;
    let now = run.now();
    let is_known = *enrolment.state() == EnrolmentState::Held { reason, until };
    if is_known && until.is_none() {
        cancel_void(run.ports, context, &enrolment).await?;
        // The message is older than the hold; or a release has sent it and has not written the enrolment yet.
        return Ok(Sent::not_written(due, now));
    }
    if is_known {
        return Ok(Sent::Done);
    }
    let campaign = &context.planning.campaign;
    if reason == HoldReason::Late && run.cache.first_late(&campaign.id) {
        late_messages::notify_late_messages(&*run.ports.notifications, campaign, now).await?;
    }
    run.writes.hold = HoldRace::of(context, &enrolment, reason, now);
    hold(run, enrolment, reason, until);
    Ok(Sent::Done)
}

/// The step that is left, and why.
fn cause(enrolment: &Enrolment, why: &str) -> String {
    enrolment.step().as_ref().map_or_else(|| why.to_owned(), |step| format!("{step}:{why}"))
}
