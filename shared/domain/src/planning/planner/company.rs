//! Holds an enrolment while a colleague's reply is recent, if the workspace has set a company hold.

use super::timing::local;
use super::{Checks, Decision, PlanInput};
use crate::enrolment::reasons::HoldReason;
use crate::planning::check::CheckRule;
use crate::time::time_zone::ZoneFact;

pub(super) fn check_company_hold(
    input: &PlanInput<'_>,
    zone: &ZoneFact,
    checks: &mut Checks<'_>,
) -> Result<(), Decision> {
    const RULE: CheckRule = CheckRule::CompanyQuiet;
    let PlanInput { enrolment, lead, seen, now, .. } = *input;
    let Some(answered) = seen.colleague.filter(|answered| answered.until > now) else { return Ok(()) };
    let company = lead.company_domain().unwrap_or_default();
    let seen = format!("a colleague at {company} replied {}", local(answered.since, &zone.zone.zone()));
    if !answered.holds(enrolment, now) {
        checks.pass(RULE, format!("{seen}; this lead was released"));
        return Ok(());
    }
    let hold = Decision::Hold { reason: HoldReason::CompanyAnswered, until: Some(answered.until) };
    checks
        .fail(RULE, format!("{seen}; the other leads there are held until {}", answered.until), hold)
        .map(drop)
}
