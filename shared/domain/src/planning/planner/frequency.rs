//! Keeps the workspace's least time between two messages to one person, over all campaigns and channels.

use super::timing::local;
use super::{Checks, Decision, PlanInput};
use crate::enrolment::reasons::EndReason;
use crate::planning::check::CheckRule;
use crate::planning::send_window::hours_for;
use crate::sequence::Step;

pub(super) fn check_minimum_gap(
    input: &PlanInput<'_>,
    step: &Step,
    checks: &mut Checks<'_>,
) -> Result<(), Decision> {
    const RULE: CheckRule = CheckRule::LongEnoughApart;
    let PlanInput { enrolment, version, calendar, seen, now, .. } = *input;
    let Some(apart) = calendar.caps.minimum_gap() else { return Ok(()) };
    let least = apart.as_hours();
    let last = seen.last_message;
    let Some((last, free)) = last.zip(calendar.caps.free_from(last)) else {
        checks.pass(RULE, format!("no message yet; at least {least} h apart"));
        return Ok(());
    };
    let hours = hours_for(input.lead, input.campaign, version, calendar);
    let hours = hours.for_step(&step.kind, calendar, enrolment.mailbox().as_ref());
    let seen = format!("last message {}; at least {least} h apart", local(last, hours.zone()));
    if now >= free {
        checks.pass(RULE, seen);
        return Ok(());
    }
    match hours.next(free) {
        Some(until) => checks.fail(RULE, seen, Decision::Wait { until }).map(drop),
        None => checks.fail(RULE, seen, Decision::End(EndReason::Failed)).map(drop),
    }
}
