//! The days on which a message's follow-ups on the same channel are expected if nobody replies. It counts in
//! days; the exact hours are the planner's business.

use crate::ids::{CampaignId, StepId};
use crate::sequence::SequenceVersion;
use crate::sequence::step_kind::WayOn;
use crate::time::days_off::DaysOff;
use crate::time::delay::{Delay, DelayUnit};
use crate::time::weekly_hours::OnHolidays;
use crate::time::weekly_hours::Week;
use jiff::ToSpan;
use jiff::civil::Date;

/// How many days ahead are searched for one on which the sequence sends.
const SEARCH: u16 = 31;

#[derive(Debug, Clone)]
pub struct FollowUps<'a> {
    week: Week<'a>,
    days_off: DaysOff<'a>,
    campaign: Option<&'a CampaignId>,
    /// The delays before each follow-up.
    delays: Vec<Vec<Delay>>,
}

impl<'a> FollowUps<'a> {
    /// A message without follow-ups outside any campaign.
    pub fn none(week: Week<'a>) -> Self {
        Self { week, days_off: DaysOff::NONE, campaign: None, delays: Vec::new() }
    }

    /// The follow-ups to book together with a message: all of them with the first message to a lead; none
    /// with a later one, because they were booked with the first.
    pub fn counted_with(
        (campaign, version): (&'a CampaignId, &'a SequenceVersion),
        step: &StepId,
        opening: bool,
        days_off: DaysOff<'a>,
    ) -> Self {
        let days_off = match version.window.on_holidays {
            OnHolidays::Skip => days_off,
            OnHolidays::Send => days_off.without_public(),
        };
        let delays = if opening { delays_after(version, step) } else { Vec::new() };
        Self { week: version.window.week(), days_off, campaign: Some(campaign), delays }
    }

    pub(crate) fn campaign(&self) -> Option<&'a CampaignId> {
        self.campaign
    }

    /// Whether the sequence sends on this day.
    pub(crate) fn allow(&self, day: Date) -> bool {
        self.week.allows_day(day) && self.days_off.on(day).is_none()
    }

    /// The number of days after a message on this day at which each follow-up comes.
    pub(crate) fn after(&self, day: Date) -> impl Iterator<Item = u16> {
        let open = move |passed: u16| self.allow(day.saturating_add(i64::from(passed).days()));
        self.delays.iter().scan(0, move |passed, delays| {
            *passed = delays.iter().fold(*passed, |passed, delay| later(passed, *delay, open));
            *passed = next_open(*passed, open);
            Some(*passed)
        })
    }
}

/// The delays before each later message on the same channel. At a branch the way with more messages counts.
fn delays_after(version: &SequenceVersion, step: &StepId) -> Vec<Vec<Delay>> {
    let Some(first) = version.steps.iter().position(|known| known.id == *step) else { return Vec::new() };
    let channel = version.steps[first].kind.channel();
    let count = version.steps.len();
    // For each step, from the last to the first: the delays before each message from there to the end.
    let mut ways: Vec<Vec<Vec<Delay>>> = vec![Vec::new(); count + 1];
    for (at, here) in version.steps.iter().enumerate().skip(first + 1).rev() {
        let below = |id: &StepId| {
            let found = version.steps.iter().position(|known| known.id == *id);
            found.filter(|found| *found > at).map_or(&ways[count], |found| &ways[found])
        };
        let mut way = match here.kind.onward() {
            WayOn::Either { yes, no } => {
                let (yes, no) = (below(yes), below(no));
                if yes.len() > no.len() { yes.clone() } else { no.clone() }
            }
            WayOn::Nowhere => Vec::new(),
            WayOn::Below => ways[at + 1].clone(),
        };
        if here.kind.channel().is_some() && here.kind.channel() == channel {
            way.insert(0, Vec::new());
        }
        if let Some(next) = way.first_mut() {
            next.insert(0, here.delay);
        }
        ways[at] = way;
    }
    ways.swap_remove(first + 1)
}

/// Days since the message, after this delay too.
fn later(passed: u16, delay: Delay, open: impl Fn(u16) -> bool) -> u16 {
    let whole = |per_day: u32| u16::try_from(delay.amount / per_day).unwrap_or(u16::MAX);
    match delay.unit {
        DelayUnit::Minutes => passed.saturating_add(whole(24 * 60)),
        DelayUnit::Hours => passed.saturating_add(whole(24)),
        DelayUnit::Days => passed.saturating_add(whole(1)),
        DelayUnit::WorkingDays => {
            (0..whole(1)).fold(passed, |passed, _| next_open(passed.saturating_add(1), &open))
        }
    }
}

fn next_open(from: u16, open: impl Fn(u16) -> bool) -> u16 {
    (from..from.saturating_add(SEARCH)).find(|day| open(*day)).unwrap_or(from)
}

#[cfg(test)]
mod tests;
