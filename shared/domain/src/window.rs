//! When a lead may be written to: the first allowed instant, judged by the clock on the lead's own wall.

use crate::sequence::{MinuteRange, SendingWindow};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Span, Timestamp};

/// A window that opens later than this is taken for one that never opens.
pub const SEARCH_DAYS: i32 = 400;
const MINUTES_A_DAY: u16 = 24 * 60;
const MAX_RANGES: usize = 12;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadWindow {
    #[error("no weekday is allowed, so nothing could ever be sent")]
    NoWeekday,
    #[error("weekdays are 1 (Monday) to 7 (Sunday), not {0}")]
    BadWeekday(u8),
    #[error("no time of day is allowed, so nothing could ever be sent")]
    NoRange,
    #[error("a day has at most 12 ranges")]
    TooManyRanges,
    #[error("range {0} needs a start before 24:00, an end up to 24:00, and a length")]
    BadRange(usize),
    #[error("ranges {0} and {1} overlap")]
    Overlap(usize, usize),
}

impl MinuteRange {
    fn crosses_midnight(self) -> bool {
        self.end < self.start
    }

    /// As one or two ranges of minutes within a day.
    fn parts(self) -> [(u16, u16); 2] {
        if self.crosses_midnight() {
            [(self.start, MINUTES_A_DAY), (0, self.end)]
        } else {
            [(self.start, self.end), (0, 0)]
        }
    }
}

impl SendingWindow {
    pub fn validate(&self) -> Result<(), BadWindow> {
        if self.weekdays.is_empty() {
            return Err(BadWindow::NoWeekday);
        }
        if let Some(day) = self.weekdays.iter().find(|day| !(1..=7).contains(*day)) {
            return Err(BadWindow::BadWeekday(*day));
        }
        match self.ranges.len() {
            0 => return Err(BadWindow::NoRange),
            n if n > MAX_RANGES => return Err(BadWindow::TooManyRanges),
            _ => {}
        }
        for (i, range) in self.ranges.iter().enumerate() {
            if range.start >= MINUTES_A_DAY || range.end > MINUTES_A_DAY || range.start == range.end {
                return Err(BadWindow::BadRange(i));
            }
        }
        for (i, a) in self.ranges.iter().enumerate() {
            for (j, b) in self.ranges.iter().enumerate().skip(i + 1) {
                let cut = |x: (u16, u16), y: (u16, u16)| x.0.max(y.0) < x.1.min(y.1);
                if a.parts().into_iter().any(|x| b.parts().into_iter().any(|y| cut(x, y))) {
                    return Err(BadWindow::Overlap(i, j));
                }
            }
        }
        Ok(())
    }

    /// Whole days are open: the window knows days, not hours.
    pub fn is_whole_days(&self) -> bool {
        self.ranges.iter().any(|range| range.start == 0 && range.end == MINUTES_A_DAY)
    }

    pub fn allows_day(&self, day: Date) -> bool {
        let number = day.weekday().to_monday_one_offset();
        self.weekdays.iter().any(|allowed| i16::from(*allowed) == i16::from(number))
    }

    /// Does a clock that shows this allow sending? What crosses midnight belongs to the day it starts on.
    fn shows_open(&self, clock: DateTime, holidays: &[Date]) -> bool {
        let open = |day: Date| self.allows_day(day) && !holidays.contains(&day);
        let minute = clock.hour().unsigned_abs() as u16 * 60 + clock.minute().unsigned_abs() as u16;
        let today = clock.date();
        self.ranges.iter().any(|range| {
            if range.crosses_midnight() {
                (minute >= range.start && open(today))
                    || (minute < range.end && today.yesterday().is_ok_and(open))
            } else {
                (range.start..range.end).contains(&minute) && open(today)
            }
        })
    }

    pub fn contains(&self, zone: &TimeZone, at: Timestamp) -> bool {
        self.shows_open(zone.to_datetime(at), &[])
    }
}

/// The first instant from `from` on at which the window is open; `None` if there is none within 400 days.
pub fn next_allowed(window: &SendingWindow, zone: &TimeZone, from: Timestamp) -> Option<Timestamp> {
    next_allowed_except(window, zone, from, &[])
}

/// As `next_allowed`, with days on which nothing goes out.
///
/// The window can only open where a range starts or where the clock is put forward or back, so only those instants
/// are looked at.
pub fn next_allowed_except(
    window: &SendingWindow,
    zone: &TimeZone,
    from: Timestamp,
    holidays: &[Date],
) -> Option<Timestamp> {
    window.validate().ok()?;
    let open = |at: Timestamp| window.shows_open(zone.to_datetime(at), holidays);
    if open(from) {
        return Some(from);
    }
    let limit = from.checked_add(SignedDuration::from_hours(24 * i64::from(SEARCH_DAYS))).ok()?;
    let mut day = zone.to_datetime(from).date().yesterday().ok()?;
    let mut best: Option<Timestamp> = None;
    for _ in 0..SEARCH_DAYS + 2 {
        let found_before = best.is_some();
        if window.allows_day(day) && !holidays.contains(&day) {
            for range in &window.ranges {
                let clock = day.to_datetime(time_of(range.start));
                for at in occurrences(zone, clock).into_iter().flatten() {
                    if at >= from && at <= limit && best.is_none_or(|b| at < b) && open(at) {
                        best = Some(at);
                    }
                }
            }
        }
        // One day more: where a clock goes back over midnight, the next day's first hour comes twice.
        if found_before {
            break;
        }
        day = day.tomorrow().ok()?;
    }
    let until = best.unwrap_or(limit);
    let mut changes = zone.following(from).map(|change| change.timestamp()).take_while(|at| *at < until);
    changes.find(|at| open(*at)).or(best)
}

/// The instant at which a clock shows this: the first of two, or where it never does, the first one after the gap.
pub fn first_instant(zone: &TimeZone, clock: DateTime) -> Option<Timestamp> {
    match zone.to_ambiguous_timestamp(clock).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(clock).ok(),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(clock).ok(),
        AmbiguousOffset::Gap { after, .. } => {
            let shortly_before = after.to_timestamp(clock).ok()?;
            zone.following(shortly_before).next().map(|change| change.timestamp())
        }
    }
}

/// The same time of day a number of calendar days later.
pub fn days_later(zone: &TimeZone, at: Timestamp, days: i64) -> Option<Timestamp> {
    if days == 0 {
        return Some(at);
    }
    let clock = zone.to_datetime(at).checked_add(Span::new().try_days(days).ok()?).ok()?;
    first_instant(zone, clock)
}

fn occurrences(zone: &TimeZone, clock: DateTime) -> [Option<Timestamp>; 2] {
    match zone.to_ambiguous_timestamp(clock).offset() {
        AmbiguousOffset::Unambiguous { offset } => [offset.to_timestamp(clock).ok(), None],
        AmbiguousOffset::Fold { before, after } => {
            [before.to_timestamp(clock).ok(), after.to_timestamp(clock).ok()]
        }
        AmbiguousOffset::Gap { .. } => [None, None],
    }
}

fn time_of(minute: u16) -> Time {
    let part = |n: u16| i8::try_from(n).expect("hours and minutes of a validated range fit");
    Time::constant(part(minute / 60), part(minute % 60), 0, 0)
}

#[cfg(test)]
#[path = "tests/window.rs"]
mod tests;
