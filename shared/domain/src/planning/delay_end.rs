//! When a step's delay ends: from the moment the step before was completed to the first instant that its hours allow.

use crate::planning::send_window::Hours;
use crate::time::delay::MAX_DELAY_DAYS;
use crate::time::delay::{Delay, DelayUnit};
use crate::time::opening_hours::SEARCH_DAYS;
use crate::time::wall_clock::days_later;
use jiff::{SignedDuration, Timestamp};

/// A search for working days gives up after so many calendar days.
const LONGEST: i64 = MAX_DELAY_DAYS as i64 * 7 + SEARCH_DAYS as i64;

/// The delay added to the anchor, then moved forward to the first instant that the hours allow; none if there is none.
pub fn after(delay: Delay, anchor: Timestamp, hours: &Hours<'_>) -> Option<Timestamp> {
    let mut at = over_at(delay, anchor, hours)?;
    if matches!(delay.unit, DelayUnit::Days) && hours.window().week.is_whole_days() {
        // A window of whole days keeps the time of day of the step before when the step moves to another day.
        at = on_working_day(at, hours)?;
    }
    hours.next(at)
}

/// The end of the delay alone, whatever the hours: for steps that do not address the lead, such as a wait or
/// a branch.
pub fn over_at(delay: Delay, anchor: Timestamp, hours: &Hours<'_>) -> Option<Timestamp> {
    delay.validate().ok()?;
    let amount = i64::from(delay.amount);
    match delay.unit {
        DelayUnit::Minutes => anchor.checked_add(SignedDuration::from_mins(amount)).ok(),
        DelayUnit::Hours => anchor.checked_add(SignedDuration::from_hours(amount)).ok(),
        DelayUnit::Days => days_later(hours.zone(), anchor, amount),
        DelayUnit::WorkingDays => {
            let mut day = hours.zone().to_datetime(anchor).date();
            let (mut passed, mut left) = (0, amount);
            while left > 0 {
                day = day.tomorrow().ok().filter(|_| passed < LONGEST)?;
                passed += 1;
                left -= i64::from(hours.is_working_day(day));
            }
            days_later(hours.zone(), anchor, passed)
        }
    }
}

/// The same time of day on the first working day.
fn on_working_day(at: Timestamp, hours: &Hours<'_>) -> Option<Timestamp> {
    let mut day = hours.zone().to_datetime(at).date();
    for passed in 0..i64::from(SEARCH_DAYS) {
        if hours.is_working_day(day) {
            return days_later(hours.zone(), at, passed);
        }
        day = day.tomorrow().ok()?;
    }
    None
}

#[cfg(test)]
mod tests;
