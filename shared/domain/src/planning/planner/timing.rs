//! Whether it is time for a step, and what made it later than its delay alone.

use super::{Checks, Decision, PlanInput};
use crate::enrolment::reasons::{EndReason, HoldReason};
use crate::planning::check::CheckRule;
use crate::planning::delay_end;
use crate::planning::jitter::add_jitter;
use crate::planning::send_window::Hours;
use crate::planning::send_window::{hours_for, is_closed_by_unknown_zone, zone_for};
use crate::planning::skip_reason::SkipReason;
use crate::sequence::Step;
use crate::stable_hash::seed;
use crate::time::delay::DelayUnit;
use crate::time::time_zone::ZoneFact;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Whether the step's delay is over, its first day has come and its last is not past and, if it reaches the
/// lead, the hours are open.
pub(super) fn check_time(
    input: &PlanInput<'_>,
    step: &Step,
    zone: &ZoneFact,
    checks: &mut Checks<'_>,
) -> Result<(), Decision> {
    let PlanInput { enrolment, version, calendar, now, .. } = *input;
    let hours = hours_for(input.lead, input.campaign, version, calendar);
    let hours = hours.for_step(&step.kind, calendar, enrolment.mailbox().as_ref());
    let clock = hours.zone();
    if is_closed_by_unknown_zone((input.lead, step), input.campaign, version, calendar, now) {
        let seen = format!("{}: no hour of the window is day wherever the lead may be", zone.source.words());
        let hold = Decision::Hold { reason: HoldReason::UnknownZone, until: None };
        return checks.fail(CheckRule::QuietHours, seen, hold).map(drop);
    }
    let never = |checks: &mut Checks<'_>| {
        let end = Decision::End(EndReason::Failed);
        checks.fail(CheckRule::DelayOver, "the sending window never opens", end).map(drop)
    };
    let touch = step.kind.is_touch();
    let over = if touch { delay_end::after } else { delay_end::over_at };
    let Some(after_delay) = over(step.delay, enrolment.anchor(), &hours) else {
        return never(checks);
    };
    let first_day = step.not_before.and_then(|day| day.to_zoned(clock.clone()).ok());
    let not_before = first_day.map_or(after_delay, |day| day.timestamp().max(after_delay));
    let not_before = enrolment.due().map_or(not_before, |due| due.max(not_before));

    let earliest = not_before.max(now);
    let open = if touch { hours.next(earliest) } else { Some(earliest) };
    let Some(open) = open else {
        return never(checks);
    };
    // A step that decides where the lead goes is never skipped, though an older version may have given it a last day.
    if let Some(last) = step.not_after.filter(|_| step.kind.may_be_left_out()) {
        let seen = format!("earliest {}, last day {last}", local(open, clock));
        if clock.to_datetime(open).date() > last {
            let skip = Decision::Skip { why: SkipReason::PastItsDate };
            return checks.fail(CheckRule::NotPastItsDate, seen, skip).map(drop);
        }
        checks.pass(CheckRule::NotPastItsDate, seen);
    }

    if now < not_before {
        // A due time that was planned before already has its jitter.
        let until =
            if !touch || enrolment.due() == Some(open) { open } else { with_jitter(input, open, &hours) };
        let wait = Decision::Wait { until };
        let seen = format!("due {}{}", local(until, clock), held(input, step, &hours, until));
        return checks.fail(CheckRule::DelayOver, seen, wait).map(drop);
    }
    checks.pass(CheckRule::DelayOver, format!("due {}", local(not_before, clock)));
    if touch && let Err(seen) = check_hours(&hours, zone, now, checks) {
        let wait = Decision::Wait { until: with_jitter(input, open, &hours) };
        return checks.fail(seen.0, seen.1, wait).map(drop);
    }
    Ok(())
}

/// Whether a step that was planned earlier may still be done now, as far as time goes: its window is open,
/// the lead's quiet hours are over, its account is in its sending hours, and its last day is not past.
pub fn still_in_time(input: &PlanInput<'_>) -> bool {
    let step = input.enrolment.step().as_ref().and_then(|step| input.version.step(step));
    let zone = zone_for(input.lead, input.campaign);
    step.is_some_and(|step| check_time(input, step, &zone, &mut Checks(&mut Vec::new())).is_ok())
}

/// `Err`: the rule that keeps the step back, and what it saw.
fn check_hours(
    hours: &Hours<'_>,
    zone: &ZoneFact,
    now: Timestamp,
    checks: &mut Checks<'_>,
) -> Result<(), (CheckRule, String)> {
    let here = format!("{} ({})", local(now, hours.zone()), zone.source.words());
    if let Some(occasion) = hours.window().occasion(now) {
        return Err((CheckRule::NotADayOff, occasion.to_string()));
    }
    checks.pass(CheckRule::NotADayOff, "not a day off");
    if !hours.window().is_open(now) {
        return Err((CheckRule::WindowOpen, here));
    }
    checks.pass(CheckRule::WindowOpen, here);
    for (keeps, open, clock) in hours.others(now) {
        let seen = format!("{}: {}", keeps.words(), local(now, clock));
        if !open {
            return Err((keeps.rule(), seen));
        }
        checks.pass(keeps.rule(), seen);
    }
    Ok(())
}

/// The reasons why the step is later than its delay alone, as text: `, delayed by holiday: Thanksgiving Day
/// (US)`.
fn held(input: &PlanInput<'_>, step: &Step, hours: &Hours<'_>, until: Timestamp) -> String {
    let anchor = input.enrolment.anchor();
    let from = match step.delay.unit {
        DelayUnit::WorkingDays => Some(anchor),
        _ => delay_end::over_at(step.delay, anchor, hours),
    };
    let held = from.filter(|_| step.kind.is_touch()).map(|from| hours.held(from, until)).unwrap_or_default();
    if held.is_empty() { String::new() } else { format!(", delayed by {}", held.join(", ")) }
}

/// Adds jitter, except to a step that follows one that already had it and falls inside open hours: it keeps
/// its distance. When a window opens, all that waited for it would leave at once, so there jitter is added
/// again.
fn with_jitter(input: &PlanInput<'_>, at: Timestamp, hours: &Hours<'_>) -> Timestamp {
    let just_before = at.checked_sub(SignedDuration::from_secs(1)).unwrap_or(at);
    let follows = input.enrolment.generation() > 0 && hours.is_open(just_before);
    let seed = if follows { 0 } else { seed(input.enrolment.key(), input.enrolment.generation()) };
    add_jitter(at, seed, hours)
}

pub(super) fn local(at: Timestamp, clock: &TimeZone) -> String {
    at.to_zoned(clock.clone()).strftime("%a %-d %b %Y %H:%M %Z").to_string()
}
