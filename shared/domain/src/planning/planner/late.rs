//! The check of late messages: a message that a pause or an outage has delayed goes out, is skipped, or is
//! held for a user to decide.

use super::timing::local;
use super::{Checks, Decision, PlanInput};
use crate::enrolment::late_policy::when_late;
use crate::enrolment::late_rule::WhenLate;
use crate::enrolment::reasons::HoldReason;
use crate::planning::check::CheckRule;
use crate::planning::skip_reason::SkipReason;
use crate::sequence::Step;
use crate::time::time_zone::ZoneFact;

/// A step with a last day of its own is judged by that day, and tasks are never late.
pub(super) fn check_late(
    input: &PlanInput<'_>,
    step: &Step,
    zone: &ZoneFact,
    checks: &mut Checks<'_>,
) -> Result<(), Decision> {
    const RULE: CheckRule = CheckRule::NotLate;
    let PlanInput { enrolment, campaign, calendar, now, .. } = *input;
    let dated = step.not_after.is_some() || step.kind.channel().is_none();
    let Some(planned) = enrolment.planned_if_late(now).filter(|_| !dated) else { return Ok(()) };
    let hours = now.duration_since(planned).as_hours();
    let seen = format!("planned for {}, {hours} h ago", local(planned, &zone.zone.zone()));
    match when_late(campaign, calendar, planned) {
        WhenLate::Send => {
            checks.pass(RULE, format!("{seen}; sent anyway"));
            Ok(())
        }
        WhenLate::Skip => {
            let skip = Decision::Skip { why: SkipReason::Late };
            checks.fail(RULE, format!("{seen}; the step is skipped"), skip).map(drop)
        }
        WhenLate::Hold => {
            let hold = Decision::Hold { reason: HoldReason::Late, until: None };
            checks.fail(RULE, format!("{seen}; waiting for your decision"), hold).map(drop)
        }
    }
}
