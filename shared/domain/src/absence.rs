//! Somebody is away, by their own automatic answer, and is left alone by every campaign until they are back.

use crate::days_off::DaysOff;
use crate::delay;
use crate::hours::Hours;
use crate::lead::Lead;
use crate::lead_zone::zone_of;
use crate::sequence::{Delay, DelayUnit, SendingWindow};
use crate::wall_clock::first_instant;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Where no date is found an absence is taken to last this many working days.
pub const DEFAULT_ABSENCE_DAYS: u32 = 7;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// As their note has it, where it has a date.
    pub returns_on: Option<Date>,
    pub noted_at: Timestamp,
}

impl Absence {
    /// By a campaign's hours: a working day after the stated date, else seven working days after the note. None where these
    /// hours never come.
    pub fn until(self, hours: &Hours<'_>) -> Option<Timestamp> {
        let zone = hours.zone();
        let start = |day: Date| first_instant(zone, day.to_datetime(Time::midnight()));
        let (from, days) = match self.returns_on {
            Some(date) => (start(date)?, 1),
            None => (start(zone.to_datetime(self.noted_at).date())?, DEFAULT_ABSENCE_DAYS),
        };
        delay::after(Delay { amount: days, unit: DelayUnit::WorkingDays }, from, hours)
    }
}

impl Lead {
    /// By usual hours, where no campaign's are asked for.
    pub fn away_until(&self, now: Timestamp) -> Option<Timestamp> {
        let window = SendingWindow::default();
        let zone = zone_of(self).map_or(TimeZone::UTC, |fact| fact.zone.zone());
        let hours = Hours::of_window(&window, zone, DaysOff::of(self, &[]));
        self.away?.until(&hours).filter(|until| *until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{LeadId, WorkspaceId};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_absence_lasts_until_a_working_day_after_it() {
        let zone = TimeZone::get("Europe/London").unwrap();
        let window = SendingWindow::default();
        let hours = Hours::of_window(&window, zone, DaysOff::NONE);
        let noted_at = at("2026-09-02T09:00:00Z");
        let friday = Absence { returns_on: "2026-09-04".parse().ok(), noted_at };
        assert_eq!(friday.until(&hours), Some(at("2026-09-07T08:00:00Z")));
        assert_eq!(Absence { returns_on: None, noted_at }.until(&hours), Some(at("2026-09-11T08:00:00Z")));
    }

    #[test]
    fn who_is_back_is_not_away() {
        let noted_at = at("2026-09-02T09:00:00Z");
        let mut lead = Lead::blank(
            LeadId::derived(noted_at, &["ann"]),
            WorkspaceId::derived(noted_at, &["w"]),
            noted_at,
        );
        assert_eq!(lead.away_until(noted_at), None);
        lead.away = Some(Absence { returns_on: "2026-09-04".parse().ok(), noted_at });
        let back = lead.away_until(noted_at).unwrap();
        assert_eq!(back.to_string(), "2026-09-07T09:00:00Z");
        assert_eq!(lead.away_until(back), None);
    }
}
