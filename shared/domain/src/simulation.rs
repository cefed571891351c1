//! A campaign before it is run: everybody's way ahead at once, in order of time, through the accounts they share. Rules
//! are the runtime's own: the planner says when somebody may be written to, the pace whether the account has room.

use crate::enrolment::EndReason;
use crate::flight_plan::{Flight, Leg, PlannedOutcome, PlannedStep};
use crate::ids::LeadId;
use crate::pace::{Pace, SendingLimits, Wish};
use crate::sequence::{Channel, Touch};
use crate::time_zone::ZoneName;
use jiff::Timestamp;
use jiff::civil::Date;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// What messages of a channel go out by, as it stands when the simulation begins.
#[derive(Debug, Clone)]
pub struct Lane {
    pub limits: SendingLimits,
    pub pace: Pace,
}

pub type Lanes = BTreeMap<Channel, Lane>;

#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    pub lead: LeadId,
    pub steps: Vec<PlannedStep>,
    pub end: EndReason,
}

/// Nobody answers, opens or clicks, every task is done at once and nobody else sends by these accounts. In the order of
/// the flights.
pub fn simulate(mut flights: Vec<Flight<'_>>, mut lanes: Lanes) -> Vec<Way> {
    let mut ends = vec![EndReason::Finished; flights.len()];
    // Of those who could be written to at the same time follow-ups come first.
    let mut waiting = BinaryHeap::new();
    for (index, flight) in flights.iter_mut().enumerate() {
        match flight.next_leg() {
            Leg::Message { at, touch } => waiting.push(Reverse((at, touch.opening, index, touch.channel))),
            Leg::Over(end) => ends[index] = end,
        }
    }
    while let Some(Reverse((at, opening, index, channel))) = waiting.pop() {
        let flight = &mut flights[index];
        match lanes.get_mut(&channel).and_then(|lane| lane.put_off(at, Touch { channel, opening }, flight)) {
            Some(until) => flight.put_off(until),
            None => flight.sent(),
        }
        match flight.next_leg() {
            Leg::Message { at, touch } => waiting.push(Reverse((at, touch.opening, index, touch.channel))),
            Leg::Over(end) => ends[index] = end,
        }
    }
    let way = |(flight, end): (Flight<'_>, EndReason)| Way {
        lead: flight.lead().id.clone(),
        steps: flight.steps,
        end,
    };
    flights.into_iter().zip(ends).map(way).collect()
}

impl Lane {
    /// When to ask again; `None`: the account has room, and it is taken.
    fn put_off(&mut self, at: Timestamp, touch: Touch, flight: &Flight<'_>) -> Option<Timestamp> {
        let Self { limits, pace } = self;
        let next = pace.next(limits, Wish { at, opening: touch.opening }, at);
        if next <= at {
            pace.take(limits, at, touch.opening);
            return None;
        }
        let (today, day) = (limits.day_of(at), limits.day_of(next));
        if day == today {
            return Some(next);
        }
        let week = flight.version().window.week();
        let day = pace.line_up(limits, touch.opening, (day, today), |day| week.allows_day(day));
        Some(limits.same_time_on(at, day).max(next))
    }
}

/// What a person wants to know first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    pub messages: u32,
    pub tasks: u32,
    /// By channel and day.
    pub by_day: BTreeMap<Channel, BTreeMap<Date, u32>>,
    /// Steps that are left out, by reason.
    pub skipped: BTreeMap<&'static str, u32>,
    pub ends: BTreeMap<EndReason, u32>,
    /// When the last message goes out.
    pub last: Option<Timestamp>,
}

impl Figures {
    /// `zone`: whose days are counted, by channel; others by `otherwise`.
    pub fn of<'a>(
        ways: impl IntoIterator<Item = (&'a Way, &'a [Option<Channel>])>,
        zones: &BTreeMap<Channel, ZoneName>,
        otherwise: &ZoneName,
    ) -> Self {
        let clocks: BTreeMap<Channel, _> =
            zones.iter().map(|(channel, zone)| (*channel, zone.zone())).collect();
        let otherwise = otherwise.zone();
        let mut figures = Self::default();
        for (way, channels) in ways {
            *figures.ends.entry(way.end).or_default() += 1;
            for planned in &way.steps {
                match &planned.outcome {
                    PlannedOutcome::SendAt(at) => {
                        let Some(channel) = channels.get(usize::from(planned.step)).copied().flatten() else {
                            continue;
                        };
                        let clock = clocks.get(&channel).unwrap_or(&otherwise);
                        let day = clock.to_datetime(*at).date();
                        *figures.by_day.entry(channel).or_default().entry(day).or_default() += 1;
                        figures.messages += 1;
                        figures.last = figures.last.max(Some(*at));
                    }
                    PlannedOutcome::TaskAt(_) => figures.tasks += 1,
                    PlannedOutcome::Skipped(why) => *figures.skipped.entry(why.as_str()).or_default() += 1,
                    PlannedOutcome::NeverOpens => {
                        *figures.skipped.entry("window_never_opens").or_default() += 1;
                    }
                    PlannedOutcome::Passed(..) => {}
                }
            }
        }
        figures
    }

    /// On the fullest day.
    pub fn most_on_a_day(&self, channel: Channel) -> u32 {
        self.by_day.get(&channel).and_then(|days| days.values().max()).copied().unwrap_or(0)
    }
}

#[cfg(test)]
#[path = "tests/simulation.rs"]
mod tests;
