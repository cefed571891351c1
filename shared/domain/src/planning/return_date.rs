//! How long an out-of-office lead is left alone by every campaign.

use crate::lead::Lead;
use crate::lead::out_of_office::Absence;
use crate::lead::zone::zone_of;
use crate::planning::delay_end;
use crate::planning::send_window::Hours;
use crate::time::days_off::DaysOff;
use crate::time::delay::{Delay, DelayUnit};
use crate::time::wall_clock::first_instant;
use crate::time::weekly_hours::SendingWindow;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// An automatic reply without a return date counts as an absence of this many working days.
pub const DEFAULT_ABSENCE_DAYS: u32 = 7;

/// An absence without a date lasts at least this long, whatever the hours.
const AT_LEAST: SignedDuration = SignedDuration::from_hours(6 * 24);

impl Absence {
    /// Which of two automatic replies counts: the later one, unless it has no date and the known absence still lasts.
    #[must_use]
    pub fn followed_by(self, later: Self) -> Self {
        let lasts = match self.returns_on {
            Some(day) => day > later.noted_at.to_zoned(TimeZone::UTC).date(),
            None => later.noted_at.duration_since(self.noted_at) < AT_LEAST,
        };
        let says_nothing = later.returns_on.is_none() && lasts;
        if later.noted_at <= self.noted_at || says_nothing { self } else { later }
    }

    /// When the absence ends by a campaign's hours: one working day after the stated date, or seven working
    /// days after the reply if it states none. None if these hours never open.
    pub fn until(self, hours: &Hours<'_>) -> Option<Timestamp> {
        let zone = hours.zone();
        let start = |day: Date| first_instant(zone, day.to_datetime(Time::midnight()));
        let (from, days) = match self.returns_on {
            Some(date) => (start(date)?, 1),
            None => (start(zone.to_datetime(self.noted_at).date())?, DEFAULT_ABSENCE_DAYS),
        };
        delay_end::after(Delay { amount: days, unit: DelayUnit::WorkingDays }, from, hours)
    }
}

impl Lead {
    /// When the absence ends by the default sending window, for use outside any campaign; none if the lead is not away.
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
    fn absence_lasts_until_a_working_day_after_it() {
        let zone = TimeZone::get("Europe/London").unwrap();
        let window = SendingWindow::default();
        let hours = Hours::of_window(&window, zone, DaysOff::NONE);
        let noted_at = at("2026-09-02T09:00:00Z");
        let friday = Absence { returns_on: "2026-09-04".parse().ok(), noted_at };
        assert_eq!(friday.until(&hours), Some(at("2026-09-07T08:00:00Z")));
        assert_eq!(Absence { returns_on: None, noted_at }.until(&hours), Some(at("2026-09-11T08:00:00Z")));
    }

    #[test]
    fn later_absence_counts_unless_it_says_nothing_new() {
        let note = |returns_on: &str, day: &str| Absence {
            returns_on: returns_on.parse().ok(),
            noted_at: at(&format!("2026-09-{day}T09:00:00Z")),
        };
        let (friday, undated) = (note("2026-09-11", "02"), note("", "02"));
        for (first, second, counts) in [
            (friday, note("2026-09-18", "03"), "2026-09-18"),
            (friday, note("2026-09-04", "03"), "2026-09-04"),
            (friday, note("", "03"), "2026-09-11"),
            (friday, note("", "11"), ""),
            (friday, note("2026-09-18", "01"), "2026-09-11"),
            (undated, note("2026-09-18", "03"), "2026-09-18"),
        ] {
            let counted = first.followed_by(second).returns_on.map(|day| day.to_string());
            assert_eq!(counted.unwrap_or_default(), counts, "{first:?}, then {second:?}");
        }
        assert_eq!(undated.followed_by(note("", "07")), undated);
        assert_eq!(undated.followed_by(note("", "09")), note("", "09"));
    }

    #[test]
    fn absence_over_once_return_day_has_come() {
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
