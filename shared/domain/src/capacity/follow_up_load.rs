//! On which days after a message its follow-ups by the same channel are expected, if nobody answers. Days are all that
//! counts: hours are the planner's.

use crate::ids::{CampaignId, StepId};
use crate::sequence::SequenceVersion;
use crate::sequence::step_kind::WayOn;
use crate::time::days_off::DaysOff;
use crate::time::delay::{Delay, DelayUnit};
use crate::time::weekly_hours::OnHolidays;
use crate::time::weekly_hours::Week;
use jiff::ToSpan;
use jiff::civil::Date;

/// Days between two that are looked at for one on which somebody is written to.
const SEARCH: u16 = 31;

#[derive(Debug, Clone)]
pub struct FollowUps<'a> {
    week: Week<'a>,
    days_off: DaysOff<'a>,
    campaign: Option<&'a CampaignId>,
    /// Of each follow-up the delays in front of it.
    delays: Vec<Vec<Delay>>,
}

impl<'a> FollowUps<'a> {
    /// A message that nothing comes after, of no campaign.
    pub fn none(week: Week<'a>) -> Self {
        Self { week, days_off: DaysOff::NONE, campaign: None, delays: Vec::new() }
    }

    /// What is counted with a message as its account makes room for it: with a first one all that follows; with any other
    /// nothing, as it was counted with the first.
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

    /// Somebody is written to on this day.
    pub(crate) fn allow(&self, day: Date) -> bool {
        self.week.allows_day(day) && self.days_off.on(day).is_none()
    }

    /// How many days after a message of this day each comes.
    pub(crate) fn after(&self, day: Date) -> impl Iterator<Item = u16> {
        let open = move |passed: u16| self.allow(day.saturating_add(i64::from(passed).days()));
        self.delays.iter().scan(0, move |passed, delays| {
            *passed = delays.iter().fold(*passed, |passed, delay| later(passed, *delay, open));
            *passed = next_open(*passed, open);
            Some(*passed)
        })
    }
}

/// Of each message by the same channel that follows the step, the delays in front of it. Where the way parts, it is the one with
/// more messages that is counted.
fn delays_after(version: &SequenceVersion, step: &StepId) -> Vec<Vec<Delay>> {
    let Some(first) = version.steps.iter().position(|known| known.id == *step) else { return Vec::new() };
    let channel = version.steps[first].kind.channel();
    let count = version.steps.len();
    // From each step on to the end, the last first: the delays in front of each message.
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

/// Days since the message, once the delay is over too.
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
