//! Calendar months in UTC: money is counted, capped and shared out by month.

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A calendar month in UTC, such as `2026-11`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct CalendarMonth(String);

impl CalendarMonth {
    pub fn at(now: Timestamp) -> Self {
        Self(now.to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string())
    }

    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let is_number = |part: &str, digits| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
        let is_month = is_number(year, 4) && is_number(month, 2) && ("01"..="12").contains(&month);
        is_month.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the month's first instant.
    pub fn start(&self) -> Timestamp {
        midnight(self.first_day())
    }

    /// Returns the first instant that belongs to the month after it.
    pub fn end(&self) -> Timestamp {
        midnight(self.first_day().saturating_add(1.month()))
    }

    /// Returns the month before it.
    pub fn before(&self) -> Self {
        self.plus(-1)
    }

    /// Returns the month so many months after it, or before it if they are negative.
    pub fn plus(&self, months: i32) -> Self {
        Self(self.first_day().saturating_add(months.months()).strftime("%Y-%m").to_string())
    }

    /// Returns the days of the month, first to last.
    pub fn days(&self) -> impl Iterator<Item = Date> {
        let first = self.first_day();
        first.series(1.day()).take(usize::try_from(first.days_in_month()).unwrap_or_default())
    }

    fn first_day(&self) -> Date {
        format!("{}-01", self.0).parse().unwrap_or(Date::MIN)
    }
}

fn midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::MIN, |zoned| zoned.timestamp())
}

impl fmt::Display for CalendarMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CalendarMonth {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("'{text}' is not a month such as 2026-11"))
    }
}

impl From<CalendarMonth> for String {
    fn from(month: CalendarMonth) -> String {
        month.0
    }
}

#[cfg(test)]
mod tests {
    use super::CalendarMonth;

    #[test]
    fn month_ends_where_the_next_one_starts() {
        let month = CalendarMonth::parse("2026-12").unwrap();
        assert_eq!(month.start().to_string(), "2026-12-01T00:00:00Z");
        assert_eq!(month.end().to_string(), "2027-01-01T00:00:00Z");
        assert_eq!(CalendarMonth::at(month.start()), month);
        assert!(CalendarMonth::at(month.end()) > month);
        assert_eq!(CalendarMonth::at(month.end()).before(), month);
    }

    #[test]
    fn days_of_a_month_are_all_of_it_in_order() {
        let days: Vec<_> =
            CalendarMonth::parse("2028-02").unwrap().days().map(|day| day.to_string()).collect();
        assert_eq!((days.len(), &*days[0], &*days[28]), (29, "2028-02-01", "2028-02-29"));
    }

    #[test]
    fn month_is_read_only_as_year_and_month() {
        assert!(CalendarMonth::parse("2026-11").is_some());
        for text in ["2026-13", "2026-00", "2026-1", "26-11", "2026-11-01", "2026-1a", ""] {
            assert_eq!(CalendarMonth::parse(text), None, "{text}");
        }
        let at: jiff::Timestamp = "2026-11-30T23:59:59Z".parse().expect("a time");
        assert_eq!(CalendarMonth::at(at).as_str(), "2026-11");
    }
}
