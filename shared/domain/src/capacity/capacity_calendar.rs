//! Who waits for a day on which an account has room for them: whoever begins does so on a day that leaves room for all that
//! follows, so that follow-ups come when they are due.

use crate::capacity::follow_up_load::FollowUps;
use crate::capacity::quota::{Pace, SendingLimits};
use crate::ids::CampaignId;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Days ahead on which people are lined up; the last one takes all the others.
const LINE_DAYS: usize = 180;

/// What is expected of a campaign's people, or of all who are in none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub campaign: Option<CampaignId>,
    /// Messages on each day.
    pub days: Vec<u32>,
    /// Of those, first messages.
    pub new: Vec<u32>,
}

/// Somebody who is to be written to.
#[derive(Debug, Clone, Copy)]
pub struct Coming<'a> {
    /// Not before this day.
    pub from: Date,
    /// With the first message to them in their campaign.
    pub opening: bool,
    pub follow_ups: &'a FollowUps<'a>,
}

impl Pace {
    /// A day of their own, after those who came before.
    pub fn line_up(&mut self, limits: &SendingLimits, coming: Coming<'_>, today: Date) -> Date {
        self.forget_days_before(today);
        let Coming { from, opening, follow_ups } = coming;
        let mut day = from.max(today);
        loop {
            let Some(index) = self.index_of(day) else { return day };
            if follow_ups.allow(day)
                && (index + 1 == LINE_DAYS || self.has_place(limits, (coming, day, index)))
            {
                let line = self.line_of(follow_ups.campaign());
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

    /// The first day with room for them, and how many more of their kind it has room for.
    pub fn first_room(&self, limits: &SendingLimits, coming: Coming<'_>) -> (Date, u32) {
        let Coming { from, opening, follow_ups } = coming;
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

    /// How many messages are expected on a day.
    pub(crate) fn lined(&self, day: Date) -> u32 {
        self.index_of(day).map_or(0, |index| self.expected(index))
    }

    /// Nobody of a campaign is written to any more. Says whether anybody was expected.
    pub fn forget_campaign(&mut self, campaign: &CampaignId) -> bool {
        let before = self.lines.len();
        self.lines.retain(|line| line.campaign.as_ref() != Some(campaign));
        self.lines.len() < before
    }

    fn line_of(&mut self, campaign: Option<&CampaignId>) -> &mut Line {
        let known = self.lines.iter().position(|line| line.campaign.as_ref() == campaign);
        let at = known.unwrap_or_else(|| {
            let campaign = campaign.cloned();
            self.lines.push(Line { campaign, days: Vec::new(), new: Vec::new() });
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

    fn has_place(&self, limits: &SendingLimits, (coming, day, index): (Coming<'_>, Date, usize)) -> bool {
        self.expected(index) < limits.allowed_on(day)
            && (!coming.opening || self.expected_new(index) < limits.new_allowed_on(day))
            && self.has_room_later(limits, (coming, day, index))
    }

    /// On all days of their follow-ups that the line knows.
    fn has_room_later(
        &self,
        limits: &SendingLimits,
        (coming, day, index): (Coming<'_>, Date, usize),
    ) -> bool {
        coming.follow_ups.after(day).all(|later| {
            let lined = self.expected(index + usize::from(later));
            // Nobody is expected beyond the line's end.
            lined == 0 || lined < limits.allowed_on(day.saturating_add(i64::from(later).days()))
        })
    }

    /// Who was lined up for today and has a slot by now counts twice: others may have come who were not lined up.
    pub(crate) fn left_for(&self, limits: &SendingLimits, opening: bool, day: Date) -> u32 {
        let (taken, new) = if day == self.day { (self.taken, self.taken_new) } else { (0, 0) };
        let lined_new = self.index_of(day).map_or(0, |index| self.expected_new(index));
        let left = limits.allowed_on(day).saturating_sub(taken.saturating_add(self.lined(day)));
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

    /// Of a day in the line; a day that is over is none that anybody asks about.
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
