//! An account's day hour by hour and its ramp-up, for users to look at.

use crate::capacity::quota::{Quota, SendingLimits, SlotRequest};
use crate::time::days_off::DaysOff;
use crate::time::opening_hours::Opening;
use crate::time::weekly_hours::WorkingHours;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

/// The most days that are shown of a ramp, and how many of them are past days if it is longer.
const RAMP_DAYS: i64 = 90;
const RAMP_BEFORE: i64 = 30;
/// A ramp counts as over so many days after it reached the limit.
const RAMP_AFTER: i64 = 7;

/// The part of today's limits that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    pub day: Date,
    pub taken: u32,
    /// First messages among them.
    pub taken_new: u32,
    /// Messages in the present clock hour.
    pub taken_in_hour: u32,
}

/// One hour of today by the limits' clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HourPlan {
    /// The hour, 0 to 23.
    pub hour: u8,
    /// Slots given out.
    pub taken: u32,
    /// Messages booked for today that can go out in this hour at the earliest, one after the other as the limits allow.
    pub expected: u32,
}

/// The bookings and limits of a coming day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayAhead {
    pub day: Date,
    pub allowed: u32,
    /// Slots given out, or booked messages with their follow-ups if those are more. Messages that were not
    /// booked come on top.
    pub expected: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayAllowed {
    pub day: Date,
    pub allowed: u32,
}

impl Quota {
    pub fn used(&self, limits: &SendingLimits, now: Timestamp) -> Used {
        let day = limits.day_of(now);
        let (taken, taken_new) = if day == self.day { (self.taken, self.taken_new) } else { (0, 0) };
        let slots = if day == self.day { self.by_hour.as_slice() } else { &[] };
        let taken_in_hour = slots.get(limits.clock_hour(now)).copied().unwrap_or(0);
        Used { day, taken, taken_new, taken_in_hour }
    }

    /// Today and the days after it.
    pub fn ahead(&self, limits: &SendingLimits, today: Date, days: usize) -> Vec<DayAhead> {
        let each = |day: Date| {
            let taken = if day == self.day { self.taken } else { 0 };
            DayAhead { day, allowed: limits.allowed_on(day), expected: self.booked_on(day).max(taken) }
        };
        today.series(1.day()).take(days).map(each).collect()
    }

    /// Today's 24 hours. `hours` are the account's sending hours, if it has any.
    pub fn hours_of_today(
        &self,
        limits: &SendingLimits,
        hours: Option<&WorkingHours>,
        now: Timestamp,
    ) -> Vec<HourPlan> {
        let Used { day: today, taken, .. } = self.used(limits, now);
        let slots = if today == self.day { self.by_hour.as_slice() } else { &[] };
        let mut plan: Vec<HourPlan> = (0..24u8)
            .map(|hour| HourPlan {
                hour,
                taken: slots.get(usize::from(hour)).copied().unwrap_or(0),
                expected: 0,
            })
            .collect();
        let lined = self.ahead(limits, today, 1).first().map_or(0, |day| day.expected);
        let mut then = self.clone();
        let mut wish = SlotRequest { at: now, opening: false };
        for _ in taken..lined.min(limits.allowed_on(today)) {
            let Some(at) = then.next_at_work(limits, hours, wish) else { break };
            if limits.day_of(at) != today {
                break;
            }
            plan[limits.clock_hour(at)].expected += 1;
            then.take(limits, at, wish.opening);
            wish.at = at;
        }
        plan
    }

    fn next_at_work(
        &self,
        limits: &SendingLimits,
        hours: Option<&WorkingHours>,
        wish: SlotRequest,
    ) -> Option<Timestamp> {
        let mut at = self.next(limits, wish, wish.at);
        let Some(hours) = hours else { return Some(at) };
        let opening = Opening { week: hours.week(), zone: hours.zone.zone(), days_off: DaysOff::NONE };
        loop {
            let open = opening.next(at)?;
            let next = self.next(limits, SlotRequest { at: open, ..wish }, open);
            if next == open {
                return Some(open);
            }
            at = next;
        }
    }
}

impl SendingLimits {
    /// The allowed number day by day, until the ramp has been at its limit for a week; empty without a ramp and after that.
    pub fn ramp(&self, today: Date) -> Vec<DayAllowed> {
        let Some(ramp) = &self.ramp_up else { return Vec::new() };
        let steps = self.per_day.saturating_sub(ramp.first_day).div_ceil(ramp.daily_increase.max(1));
        let last = ramp.from.saturating_add((i64::from(steps) + RAMP_AFTER - 1).days());
        if today > last {
            return Vec::new();
        }
        let fits = ramp.from.saturating_add(RAMP_DAYS.days()) > last;
        let first = if fits { ramp.from } else { ramp.from.max(today.saturating_sub(RAMP_BEFORE.days())) };
        let end = first.saturating_add(RAMP_DAYS.days());
        let days = first.series(1.day()).take_while(|day| *day <= last && *day < end);
        days.map(|day| DayAllowed { day, allowed: self.allowed_on(day) }).collect()
    }
}

#[cfg(test)]
mod tests;
