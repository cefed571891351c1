//! A delay between two steps: from the moment the one before was really done to the first allowed instant.

use crate::sequence::{Delay, DelayUnit, SendingWindow};
use crate::window::{days_later, next_allowed_except};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

pub const MAX_DELAY_DAYS: u32 = 365;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a delay is at most {MAX_DELAY_DAYS} days")]
pub struct DelayTooLong;

impl Delay {
    pub const NONE: Self = Self { amount: 0, unit: DelayUnit::Minutes };

    pub fn validate(self) -> Result<(), DelayTooLong> {
        let per_day = match self.unit {
            DelayUnit::Minutes => 24 * 60,
            DelayUnit::Hours => 24,
            DelayUnit::Days | DelayUnit::WorkingDays => 1,
        };
        if self.amount > MAX_DELAY_DAYS * per_day { Err(DelayTooLong) } else { Ok(()) }
    }
}

/// The delay added to the anchor, then moved forward to the first instant the window allows.
pub fn after(delay: Delay, anchor: Timestamp, zone: &TimeZone, window: &SendingWindow) -> Option<Timestamp> {
    after_except(delay, anchor, zone, window, &[])
}

/// As `after`, with days on which nothing goes out.
pub fn after_except(
    delay: Delay,
    anchor: Timestamp,
    zone: &TimeZone,
    window: &SendingWindow,
    holidays: &[Date],
) -> Option<Timestamp> {
    delay.validate().ok()?;
    let mut at = elapsed(delay, anchor, zone, window, holidays)?;
    if matches!(delay.unit, DelayUnit::Days) && window.is_whole_days() {
        // A window without hours keeps the hour of the step before when it moves to another day.
        at = on_working_day(at, zone, window, holidays)?;
    }
    next_allowed_except(window, zone, at, holidays)
}

/// The delay alone, without the window's hours: for what nobody notices.
pub fn over_at(
    delay: Delay,
    anchor: Timestamp,
    zone: &TimeZone,
    window: &SendingWindow,
) -> Option<Timestamp> {
    delay.validate().ok()?;
    elapsed(delay, anchor, zone, window, &[])
}

fn elapsed(
    delay: Delay,
    anchor: Timestamp,
    zone: &TimeZone,
    window: &SendingWindow,
    holidays: &[Date],
) -> Option<Timestamp> {
    let amount = i64::from(delay.amount);
    match delay.unit {
        DelayUnit::Minutes => anchor.checked_add(SignedDuration::from_mins(amount)).ok(),
        DelayUnit::Hours => anchor.checked_add(SignedDuration::from_hours(amount)).ok(),
        DelayUnit::Days => days_later(zone, anchor, amount),
        DelayUnit::WorkingDays => {
            window.validate().ok()?;
            let start = zone.to_datetime(anchor).date();
            let (mut day, mut passed, mut left) = (start, 0, amount);
            while left > 0 {
                day = day.tomorrow().ok()?;
                passed += 1;
                if window.allows_day(day) && !holidays.contains(&day) {
                    left -= 1;
                }
            }
            days_later(zone, anchor, passed)
        }
    }
}

/// The same time of day on the first allowed day.
fn on_working_day(
    at: Timestamp,
    zone: &TimeZone,
    window: &SendingWindow,
    holidays: &[Date],
) -> Option<Timestamp> {
    window.validate().ok()?;
    let start = zone.to_datetime(at).date();
    let free_days = (0..crate::window::SEARCH_DAYS).map(i64::from);
    let (mut day, mut wait) = (start, None);
    for passed in free_days {
        if window.allows_day(day) && !holidays.contains(&day) {
            wait = Some(passed);
            break;
        }
        day = day.tomorrow().ok()?;
    }
    days_later(zone, at, wait?)
}

#[cfg(test)]
#[path = "tests/delay.rs"]
mod tests;
