//! The capacity calendar of an account: what is booked of the coming days.
//!
//! A lead who cannot be written to today is booked on the first day that has room for their first message and
//! whose follow-up days have room for the follow-ups too. So follow-ups come when they are due, however many
//! leads are enrolled.

use crate::capacity::follow_up_load::FollowUps;
use crate::capacity::quota::{Quota, SendingLimits};
use crate::ids::CampaignId;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The days ahead that are kept; the last one takes all who do not fit before.
const LINE_DAYS: usize = 180;

/// Messages booked for a campaign's leads, or for everybody outside campaigns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacityCalendar {
    pub campaign: Option<CampaignId>,
    /// Messages on each day.
    pub days: Vec<u32>,
    /// First messages among them, on each day.
    pub new: Vec<u32>,
}

/// A lead to be booked, with the follow-ups that come after.
#[derive(Debug, Clone, Copy)]
pub struct DayBooking<'a> {
    /// The earliest day.
    pub from: Date,
    /// Whether it is the first message to them in their campaign.
    pub opening: bool,
    pub follow_ups: &'a FollowUps<'a>,
}

impl Quota {
    /// Books the first day with room, and the days of the follow-ups; returns that day.
    pub fn book_day(&mut self, limits: &SendingLimits, coming: DayBooking<'_>, today: Date) -> Date {
        self.forget_days_before(today);
        let DayBooking { from, opening, follow_ups } = coming;
        let mut day = from.max(today);
        loop {
            let Some(index) = self.index_of(day) else { return day };
            if follow_ups.allow(day)
                && (index + 1 == LINE_DAYS || self.has_place(limits, (coming, day, index)))
            {
                let line = self.bookings_of(follow_ups.campaign());
                add_one(&mut line.days, index);
                if opening {
                    add_one(&mut line.new, index);
                }
                for later in follow_ups.after(day).map(|later| index + usize::from(later)) {
                    if later < LINE_DAYS {
                        add_one(&mut line.days, later);
                    }
                }
                return day;
            }
            day = day.tomorrow().unwrap_or(day);
        }
    }

    /// The first day with room, and how many more messages of this kind it has room for; books nothing.
    pub fn first_free_day(&self, limits: &SendingLimits, coming: DayBooking<'_>) -> (Date, u32) {
        let DayBooking { from, opening, follow_ups } = coming;
        let mut day = from;
        for _ in 0..LINE_DAYS {
            let left = if follow_ups.allow(day) { self.left_for(limits, opening, day) } else { 0 };
            let goes_on = |index| self.has_room_later(limits, (coming, day, index));
            if left > 0 && self.index_of(day).is_none_or(goes_on) {
                return (day, left);
            }
            day = day.tomorrow().unwrap_or(day);
        }
        (day, 0)
    }

    /// Messages booked on a day.
    pub(crate) fn booked_on(&self, day: Date) -> u32 {
        self.index_of(day).map_or(0, |index| self.expected(index))
    }

    /// Drops everything booked for a campaign. True if there was anything.
    pub fn forget_campaign(&mut self, campaign: &CampaignId) -> bool {
        let before = self.lines.len();
        self.lines.retain(|line| line.campaign.as_ref() != Some(campaign));
        self.lines.len() < before
    }

    fn bookings_of(&mut self, campaign: Option<&CampaignId>) -> &mut CapacityCalendar {
        let known = self.lines.iter().position(|line| line.campaign.as_ref() == campaign);
        let at = known.unwrap_or_else(|| {
            let campaign = campaign.cloned();
            self.lines.push(CapacityCalendar { campaign, days: Vec::new(), new: Vec::new() });
            self.lines.len() - 1
        });
        &mut self.lines[at]
    }

    fn expected(&self, index: usize) -> u32 {
        self.lines.iter().fold(0, |sum, line| sum.saturating_add(at(&line.days, index)))
    }

    fn expected_new(&self, index: usize) -> u32 {
        self.lines.iter().fold(0, |sum, line| sum.saturating_add(at(&line.new, index)))
    }

    fn has_place(&self, limits: &SendingLimits, (coming, day, index): (DayBooking<'_>, Date, usize)) -> bool {
        self.expected(index) < limits.allowed_on(day)
            && (!coming.opening || self.expected_new(index) < limits.new_allowed_on(day))
            && self.has_room_later(limits, (coming, day, index))
    }

    /// Whether the follow-ups find room on all their days, as far as the calendar reaches.
    fn has_room_later(
        &self,
        limits: &SendingLimits,
        (coming, day, index): (DayBooking<'_>, Date, usize),
    ) -> bool {
        coming.follow_ups.after(day).all(|later| {
            let lined = self.expected(index + usize::from(later));
            // Nothing is booked beyond the calendar's end.
            lined == 0 || lined < limits.allowed_on(day.saturating_add(i64::from(later).days()))
        })
    }

    /// The capacity left on a day for such a message. A message booked for today that has its slot by now
    /// counts twice, because others may have taken slots without being booked.
    pub(crate) fn left_for(&self, limits: &SendingLimits, opening: bool, day: Date) -> u32 {
        let (taken, new) = if day == self.day { (self.taken, self.taken_new) } else { (0, 0) };
        let lined_new = self.index_of(day).map_or(0, |index| self.expected_new(index));
        let left = limits.allowed_on(day).saturating_sub(taken.saturating_add(self.booked_on(day)));
        let new_left = limits.new_allowed_on(day).saturating_sub(new.saturating_add(lined_new));
        if opening { left.min(new_left) } else { left }
    }

    fn forget_days_before(&mut self, today: Date) {
        if self.line_from >= today {
            return;
        }
        let days = today.duration_since(self.line_from).as_hours() / 24;
        let gone = usize::try_from(days).unwrap_or(usize::MAX);
        for line in &mut self.lines {
            line.days.drain(..gone.min(line.days.len()));
            line.new.drain(..gone.min(line.new.len()));
        }
        self.lines.retain(|line| !line.days.is_empty());
        self.line_from = today;
    }

    /// The position of a day in the calendar; none beyond its end. Past days count as the first.
    fn index_of(&self, day: Date) -> Option<usize> {
        let days = day.duration_since(self.line_from).as_hours() / 24;
        usize::try_from(days.max(0)).ok().filter(|index| *index < LINE_DAYS)
    }
}

fn at(line: &[u32], index: usize) -> u32 {
    line.get(index).copied().unwrap_or(0)
}

fn add_one(line: &mut Vec<u32>, index: usize) {
    if line.len() <= index {
        line.resize(index + 1, 0);
    }
    line[index] = line[index].saturating_add(1);
}

#[cfg(test)]
mod tests;
