//! Holds an enrolment while the lead is out of office: nothing goes out in any campaign before they are back.

use super::{Checks, Decision, PlanInput};
use crate::enrolment::reasons::HoldReason;
use crate::mutant;
use crate::planning::check::CheckRule;
use crate::planning::send_window::hours_for;

pub(super) fn check_out_of_office(input: &PlanInput<'_>, checks: &mut Checks<'_>) -> Result<(), Decision> {
    const RULE: CheckRule = CheckRule::NotAway;
    let PlanInput { lead, campaign, version, calendar, now, .. } = *input;
    let Some(absence) = lead.away.filter(|_| !mutant!("absence_ignored")) else { return Ok(()) };
    match absence.until(&hours_for(lead, campaign, version, calendar)) {
        Some(until) if until > now => {
            let words = match absence.returns_on {
                Some(day) => {
                    format!("out of office, back on {day}, says the automatic reply: held until {until}")
                }
                None => format!(
                    "out of office, says the automatic reply of {}: held until {until}",
                    absence.noted_at
                ),
            };
            let reason = HoldReason::OutOfOffice;
            checks.fail(RULE, words, Decision::Hold { reason, until: Some(until) }).map(drop)
        }
        _ => {
            checks.pass(RULE, "no longer out of office");
            Ok(())
        }
    }
}
