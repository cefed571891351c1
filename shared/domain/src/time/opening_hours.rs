//! When something is open by a clock: a week's hours without the days off, and the first open instant, also
//! across clock changes.

use crate::time::days_off::{DaysOff, Occasion};
use crate::time::wall_clock::instants;
use crate::time::weekly_hours::Week;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// If nothing opens within so many days, it counts as never open.
pub const SEARCH_DAYS: i32 = 400;
pub(crate) const SEARCH: SignedDuration = SignedDuration::from_hours(24 * SEARCH_DAYS as i64);

#[derive(Debug, Clone)]
pub struct Opening<'a> {
    pub week: Week<'a>,
    pub zone: TimeZone,
    pub days_off: DaysOff<'a>,
}

impl<'a> Opening<'a> {
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.shows_open(self.zone.to_datetime(at))
    }

    fn shows_open(&self, clock: DateTime) -> bool {
        self.week.days_at(clock).any(|day| self.days_off.on(day).is_none())
    }

    /// Whether something opens on this day.
    pub fn has_day(&self, day: Date) -> bool {
        self.week.allows_day(day) && self.days_off.on(day).is_none()
    }

    /// The day off that keeps it shut, if it is not the hour or the weekday.
    pub fn occasion(&self, at: Timestamp) -> Option<Occasion<'a>> {
        let clock = self.zone.to_datetime(at);
        if self.shows_open(clock) {
            return None;
        }
        let today = Some(clock.date()).filter(|day| self.week.allows_day(*day));
        self.week.days_at(clock).chain(today).find_map(|day| self.days_off.on(day))
    }

    /// The first instant from `from` on at which it is open; none if there is none within 400 days.
    ///
    /// It can open only where a range starts or where the clock is put forward or back, so only those
    /// instants are tried.
    pub fn next(&self, from: Timestamp) -> Option<Timestamp> {
        self.week.validate().ok()?;
        if self.is_open(from) {
            return Some(from);
        }
        let limit = from.checked_add(SEARCH).ok()?;
        let mut day = self.zone.to_datetime(from).date().yesterday().ok()?;
        let mut best: Option<Timestamp> = None;
        for _ in 0..SEARCH_DAYS + 2 {
            let found_before = best.is_some();
            if self.has_day(day) {
                for range in self.week.ranges {
                    for at in instants(&self.zone, day.to_datetime(range.opens())) {
                        if at >= from && at <= limit && best.is_none_or(|b| at < b) && self.is_open(at) {
                            best = Some(at);
                        }
                    }
                }
            }
            // One day more: if a clock goes back over midnight, the next day's first hour comes twice.
            if found_before {
                break;
            }
            day = day.tomorrow().ok()?;
        }
        let until = best.unwrap_or(limit);
        let mut changes =
            self.zone.following(from).map(|change| change.timestamp()).take_while(|at| *at < until);
        changes.find(|at| self.is_open(*at)).or(best)
    }
}

#[cfg(test)]
mod tests;
