//! Targets: what the team and its members are to reach in a calendar month, and whether they are on their way to it.
//!
//! What was reached is counted elsewhere: from the calls, the moves of leads between stages, and the credited payments. A
//! target is compared with it by working days. The days before today are over; today belongs to what is still to come, so
//! that nobody is behind in the morning.

use crate::ids::{UserId, WorkspaceId};
use crate::time::calendar_month::CalendarMonth;
use crate::time::days_off::DaysOff;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most members of a month with targets of their own.
pub const MOST_TARGETS: usize = 500;
/// The largest target of calls, meetings or won leads.
pub const LARGEST_COUNT: u32 = 1_000_000;
/// The largest target of money, in minor units.
pub const LARGEST_AMOUNT_MINOR: i64 = 1_000_000_000_000;

/// What is to be reached in a month. A figure that is missing is no target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TargetFigures {
    /// Calls that are made, 1 to 1,000,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls: Option<u32>,
    /// Calls in which a meeting is booked, 1 to 1,000,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meetings: Option<u32>,
    /// Leads that are won, 1 to 1,000,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub won: Option<u32>,
    /// Money that is collected, in minor units of the workspace's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected_minor: Option<i64>,
}

impl TargetFigures {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The faults of the figures: the field, and what is expected there.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        for (field, count) in [("calls", self.calls), ("meetings", self.meetings), ("won", self.won)] {
            if count.is_some_and(|count| !(1..=LARGEST_COUNT).contains(&count)) {
                faults.push((field, format!("is 1 to {LARGEST_COUNT}, or missing for no target")));
            }
        }
        if self.collected_minor.is_some_and(|minor| !(1..=LARGEST_AMOUNT_MINOR).contains(&minor)) {
            let expected = format!("is 1 to {LARGEST_AMOUNT_MINOR} minor units, or missing for no target");
            faults.push(("collected_minor", expected));
        }
        faults
    }
}

/// The targets of a month, stored as one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetPlan {
    pub workspace: WorkspaceId,
    pub month: CalendarMonth,
    /// The targets of the whole workspace.
    pub team: TargetFigures,
    pub members: BTreeMap<UserId, TargetFigures>,
    pub rev: u64,
}

impl TargetPlan {
    pub fn none(workspace: WorkspaceId, month: CalendarMonth) -> Self {
        Self { workspace, month, team: TargetFigures::default(), members: BTreeMap::new(), rev: 0 }
    }
}

/// The working days of a month: Monday to Friday without days off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkingDays {
    pub all: u32,
    /// Those that are over: the ones before today.
    pub over: u32,
}

impl WorkingDays {
    pub fn of(month: &CalendarMonth, days_off: DaysOff<'_>, today: Date) -> Self {
        let mut days = Self { all: 0, over: 0 };
        for day in month.days() {
            if !days_off.has_work_on(day) {
                continue;
            }
            days.all += 1;
            days.over += u32::from(day < today);
        }
        days
    }
}

/// A figure beside its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TargetProgress {
    pub target: Option<i64>,
    pub actual: i64,
    /// The part of the target that the working days before today were for.
    pub expected: Option<i64>,
    /// The figure at the month's end if the coming working days are like those before today. Missing until one is over.
    pub projected: Option<i64>,
}

impl TargetProgress {
    /// Compares what was reached, today included, and before today, with a target.
    pub fn of(target: Option<i64>, actual: i64, before_today: i64, days: WorkingDays) -> Self {
        let expected = target.map(|target| part(target, days.over, days.all));
        let projected = (days.over > 0).then(|| part(before_today, days.all, days.over).max(actual));
        Self { target, actual, expected, projected }
    }
}

/// `n * of / whole`, rounded half away from zero.
fn part(n: i64, of: u32, whole: u32) -> i64 {
    let (doubled, whole) = (2 * i128::from(n) * i128::from(of), i128::from(whole.max(1)));
    let half = if doubled < 0 { -whole } else { whole };
    i64::try_from((doubled + half) / (2 * whole)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::country::Country;
    use crate::time::days_off::DayOff;

    fn days(over: u32) -> WorkingDays {
        WorkingDays { all: 20, over }
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn working_days_leave_out_weekends_holidays_and_days_off() {
        let month = CalendarMonth::parse("2026-12").unwrap();
        let on = |today: &str, off: DaysOff<'_>| WorkingDays::of(&month, off, day(today));
        assert_eq!(on("2026-12-01", DaysOff::NONE), WorkingDays { all: 23, over: 0 });
        assert_eq!(on("2026-12-07", DaysOff::NONE), WorkingDays { all: 23, over: 4 });
        assert_eq!(on("2027-01-01", DaysOff::NONE), WorkingDays { all: 23, over: 23 });
        assert_eq!(on("2026-11-30", DaysOff::NONE), WorkingDays { all: 23, over: 0 });
        let own = [DayOff { date: day("2026-12-03"), name: "Move".to_owned(), yearly: false }];
        // Christmas Day is a Friday.
        let off = DaysOff::in_country(Country::parse("US").unwrap(), &own);
        assert_eq!(on("2026-12-07", off), WorkingDays { all: 21, over: 3 });
    }

    #[test]
    fn pace_expects_the_part_of_the_days_that_are_over() {
        let shown = TargetProgress::of(Some(40), 12, 12, days(8));
        assert_eq!((shown.expected, shown.projected), (Some(16), Some(30)));
        assert_eq!(TargetProgress::of(Some(41), 0, 0, days(10)).expected, Some(21));
        assert_eq!(TargetProgress::of(None, 12, 12, days(8)).expected, None);
    }

    #[test]
    fn nothing_is_expected_or_projected_before_the_first_day_is_over() {
        let shown = TargetProgress::of(Some(40), 3, 0, days(0));
        assert_eq!((shown.expected, shown.projected), (Some(0), None));
        let no_days = WorkingDays { all: 0, over: 0 };
        assert_eq!(TargetProgress::of(Some(40), 3, 0, no_days).expected, Some(0));
    }

    #[test]
    fn projection_is_never_below_what_today_has_reached() {
        assert_eq!(TargetProgress::of(None, 30, 4, days(4)).projected, Some(30));
        assert_eq!(TargetProgress::of(None, 30, 30, days(20)).projected, Some(30));
        assert_eq!(TargetProgress::of(None, -300, -300, days(10)).projected, Some(-300));
    }

    #[test]
    fn figures_out_of_bounds_are_named() {
        let none = TargetFigures::default();
        assert!(none.faults().is_empty() && none.is_empty());
        let wrong = TargetFigures {
            calls: Some(0),
            meetings: Some(LARGEST_COUNT + 1),
            won: Some(1),
            collected_minor: Some(-1),
        };
        let fields: Vec<&str> = wrong.faults().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["calls", "meetings", "collected_minor"]);
    }
}
