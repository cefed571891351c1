//! Weekly hours: weekdays and times of day at which something is open, by any clock.

use crate::time::time_zone::ZoneName;
use serde::Deserialize;
use serde::Serialize;

use jiff::civil::{Date, DateTime, Time};

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
    pub(crate) fn crosses_midnight(self) -> bool {
        self.end < self.start
    }

    /// The range as one or two ranges of minutes within a day.
    fn parts(self) -> [(u16, u16); 2] {
        if self.crosses_midnight() {
            [(self.start, MINUTES_A_DAY), (0, self.end)]
        } else {
            [(self.start, self.end), (0, 0)]
        }
    }

    pub(crate) fn opens(self) -> Time {
        let part = |n: u16| i8::try_from(n).expect("hours and minutes of a validated range fit");
        Time::constant(part(self.start / 60), part(self.start % 60), 0, 0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week<'a> {
    /// Weekdays, 1 Monday … 7 Sunday.
    pub weekdays: &'a [u8],
    pub ranges: &'a [MinuteRange],
}

impl Week<'static> {
    pub const ALWAYS: Self =
        Self { weekdays: &[1, 2, 3, 4, 5, 6, 7], ranges: &[MinuteRange { start: 0, end: MINUTES_A_DAY }] };
}

impl SendingWindow {
    pub fn week(&self) -> Week<'_> {
        Week { weekdays: &self.weekdays, ranges: &self.ranges }
    }

    pub fn validate(&self) -> Result<(), BadWindow> {
        self.week().validate()
    }
}

impl Week<'_> {
    pub fn validate(self) -> Result<(), BadWindow> {
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

    /// Whether whole days are open, so that only days matter and not hours.
    pub fn is_whole_days(self) -> bool {
        self.ranges.iter().any(|range| range.start == 0 && range.end == MINUTES_A_DAY)
    }

    pub fn allows_day(self, day: Date) -> bool {
        let number = day.weekday().to_monday_one_offset();
        self.weekdays.iter().any(|allowed| i16::from(*allowed) == i16::from(number))
    }

    /// The days whose ranges include this local time. A range across midnight belongs to the day it starts on.
    pub(crate) fn days_at(self, clock: DateTime) -> impl Iterator<Item = Date> {
        let minute = clock.hour().unsigned_abs() as u16 * 60 + clock.minute().unsigned_abs() as u16;
        let (today, yesterday) = (clock.date(), clock.date().yesterday().ok());
        let range_of = move |range: &MinuteRange| match range.crosses_midnight() {
            true if minute >= range.start => Some(today),
            true if minute < range.end => yesterday,
            false if (range.start..range.end).contains(&minute) => Some(today),
            _ => None,
        };
        self.ranges.iter().filter_map(range_of).filter(move |day| self.allows_day(*day))
    }
}

/// The send window: when a lead may be written to, in the lead's own zone. Ranges are half-open; one may cross midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SendingWindow {
    /// Weekdays, 1 Monday … 7 Sunday.
    pub weekdays: Vec<u8>,
    pub ranges: Vec<MinuteRange>,
    /// The handling of public holidays in the lead's country. The workspace's own days off always apply.
    #[serde(default, skip_serializing_if = "OnHolidays::are_skipped")]
    pub on_holidays: OnHolidays,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnHolidays {
    /// Nothing goes out, and they are not working days.
    #[default]
    Skip,
    Send,
}

/// A range in minutes after local midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MinuteRange {
    pub start: u16,
    pub end: u16,
}

impl OnHolidays {
    fn are_skipped(&self) -> bool {
        *self == Self::Skip
    }
}

impl Default for SendingWindow {
    fn default() -> Self {
        Self {
            weekdays: vec![1, 2, 3, 4, 5],
            ranges: vec![MinuteRange { start: 9 * 60, end: 17 * 60 }],
            on_holidays: OnHolidays::Skip,
        }
    }
}

/// The sending hours of an account, by its own clock. Ranges are half-open; one may cross midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WorkingHours {
    pub zone: ZoneName,
    /// Weekdays, 1 Monday … 7 Sunday.
    pub weekdays: Vec<u8>,
    pub ranges: Vec<MinuteRange>,
}

impl WorkingHours {
    pub fn week(&self) -> Week<'_> {
        Week { weekdays: &self.weekdays, ranges: &self.ranges }
    }

    pub fn validate(&self) -> Result<(), BadWindow> {
        self.week().validate()
    }
}

#[cfg(test)]
mod tests;
