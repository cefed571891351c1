//! Simulates a campaign before it runs: the forecasts of all leads at once, in order of time, through the
//! accounts they share. The rules are the runtime's own: the planner says when a lead may be written to, the
//! quota whether the account has a slot.

use crate::capacity::capacity_calendar::DayBooking;
use crate::capacity::contact_caps::{day_begins, day_of};
use crate::capacity::day_load::DayRoom;
use crate::capacity::domain_load::RecipientDomains;
use crate::capacity::follow_up_load::FollowUps;
use crate::capacity::mailbox_rotation::{MailboxCandidate, choose_where};
use crate::capacity::quota::{Quota, SendingLimits, SlotRequest};
use crate::contact::channel::{Channel, Touch};
use crate::enrolment::reasons::{EndReason, HoldReason};
use crate::forecast::{Forecast, ForecastEnd, ForecastStep, PlannedOutcome, PlannedStep};
use crate::ids::{AccountId, LeadId};
use crate::message::price::Amounts;
use crate::time::time_zone::ZoneName;
use jiff::Timestamp;
use jiff::civil::Date;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// The accounts and caps that messages share, as they stand when the simulation begins.
#[derive(Debug, Clone, Default)]
pub struct SharedCapacity {
    /// The campaign's mailboxes, with those whose pause ends automatically.
    pub mailboxes: Vec<MailboxCandidate>,
    /// The limits of the accounts for texts and chats, if they have any.
    pub texts: BTreeMap<Channel, (SendingLimits, Quota)>,
    /// The load per recipient's domain, if the workspace caps it.
    pub domains: Option<RecipientDomains>,
    /// The load of all campaigns together, if the workspace caps it.
    pub workspace: Option<DayRoom>,
}

/// A channel and, for mail, the mailbox.
pub type SimulatedAccount = (Channel, Option<AccountId>);

#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedPath {
    pub lead: LeadId,
    /// The mailbox that writes to the lead.
    pub mailbox: Option<AccountId>,
    pub steps: Vec<PlannedStep>,
    pub end: ForecastEnd,
}

/// Runs the simulation, in which nobody replies, opens or clicks, every task is done at once, and nothing
/// else is sent by these accounts. The results are in the order of the forecasts.
pub fn simulate(mut forecasts: Vec<Forecast<'_>>, capacity: SharedCapacity) -> Vec<SimulatedPath> {
    let (ends, _) = run(&mut forecasts, capacity, |_| false);
    let path = |(forecast, end): (Forecast<'_>, ForecastEnd)| SimulatedPath {
        lead: forecast.lead().id.clone(),
        mailbox: forecast.mailbox().cloned(),
        steps: forecast.steps,
        end,
    };
    forecasts.into_iter().zip(ends).map(path).collect()
}

/// A message that the simulation sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedMessage {
    pub lead: LeadId,
    pub channel: Channel,
    pub at: Timestamp,
}

/// Runs the simulation up to its first message; `None` where it sends none.
pub fn first_message(mut forecasts: Vec<Forecast<'_>>, capacity: SharedCapacity) -> Option<SimulatedMessage> {
    let (_, last) = run(&mut forecasts, capacity, |_| true);
    let (at, index, channel) = last?;
    Some(SimulatedMessage { lead: forecasts[index].lead().id.clone(), channel, at })
}

/// The time of a message, the place of its forecast, and its channel.
type Going = (Timestamp, usize, Channel);

/// Runs the forecasts to their ends, or to the first message after which `is_enough`, which is returned.
fn run(
    forecasts: &mut [Forecast<'_>],
    mut capacity: SharedCapacity,
    is_enough: impl Fn(&Going) -> bool,
) -> (Vec<ForecastEnd>, Option<Going>) {
    let mut ends = vec![ForecastEnd::Ended(EndReason::Finished); forecasts.len()];
    // Follow-ups come first among messages that could go out at the same time.
    let mut waiting = BinaryHeap::new();
    // At a launch days are booked in the order in which enrolments are due.
    let mut in_line = Vec::new();
    for (index, forecast) in forecasts.iter_mut().enumerate() {
        match forecast.next_forecast_step() {
            ForecastStep::Message { at, touch } if forecast.has_no_place() => {
                in_line.push((at, index, touch))
            }
            ForecastStep::Message { at, touch } => {
                waiting.push(Reverse((at, touch.opening, index, touch.channel)))
            }
            ForecastStep::Over(end) => ends[index] = end,
        }
    }
    in_line.sort_by_key(|(at, index, _)| (*at, *index));
    for (at, index, touch) in in_line {
        let forecast = &mut forecasts[index];
        if let Some(until) = capacity.book_day(at, touch, forecast) {
            forecast.defer(until);
        }
        match forecast.next_forecast_step() {
            ForecastStep::Message { at, touch } => {
                waiting.push(Reverse((at, touch.opening, index, touch.channel)))
            }
            ForecastStep::Over(end) => ends[index] = end,
        }
    }
    while let Some(Reverse((at, opening, index, channel))) = waiting.pop() {
        let forecast = &mut forecasts[index];
        match capacity.defer(at, Touch { channel, opening }, forecast) {
            Some(until) => forecast.defer(until),
            None if is_enough(&(at, index, channel)) => return (ends, Some((at, index, channel))),
            None => forecast.sent(),
        }
        match forecast.next_forecast_step() {
            ForecastStep::Message { at, touch } => {
                waiting.push(Reverse((at, touch.opening, index, touch.channel)))
            }
            ForecastStep::Over(end) => ends[index] = end,
        }
    }
    (ends, None)
}

impl SharedCapacity {
    /// Books a day for the message; returns its time if it is another day.
    fn book_day(&mut self, at: Timestamp, touch: Touch, forecast: &mut Forecast<'_>) -> Option<Timestamp> {
        let wish = SlotRequest { at, opening: touch.opening };
        let follow_ups = forecast.follow_ups(touch.opening);
        let (limits, day) = match touch.channel {
            Channel::Sms | Channel::Whatsapp => {
                let (limits, quota) = self.texts.get_mut(&touch.channel)?;
                let from = limits.day_of(at);
                let coming = DayBooking { from, opening: touch.opening, follow_ups: &follow_ups };
                let day = quota.book_day(limits, coming, from);
                (&*limits, day)
            }
            Channel::Email => {
                let own = self.mailbox_of(wish, forecast, &follow_ups)?;
                let mailbox = &mut self.mailboxes[own];
                forecast.give_mailbox(mailbox.mailbox.clone());
                let day = mailbox.expect(wish, &follow_ups, at)?;
                (&mailbox.quota.as_ref()?.0, day)
            }
        };
        (day != limits.day_of(at)).then(|| limits.same_time_on(at, day))
    }

    /// When to ask again; none if account, domain and workspace have room and the message was counted. A lead
    /// gets a mailbox once there is a day for them.
    fn defer(&mut self, at: Timestamp, touch: Touch, forecast: &mut Forecast<'_>) -> Option<Timestamp> {
        let wish = SlotRequest { at, opening: touch.opening };
        let mailed = touch.channel == Channel::Email;
        // A lead whose day was booked at launch has a mailbox, and the follow-ups were booked then.
        let follow_ups = forecast.follow_ups(touch.opening && forecast.mailbox().is_none());
        let mailbox = if mailed { self.mailbox_of(wish, forecast, &follow_ups) } else { None };
        if let Some(mailbox) = mailbox.map(|mailbox| &self.mailboxes[mailbox])
            && !mailbox.is_open(at)
        {
            // The mailbox has sending hours of its own: the step is planned again with those.
            forecast.give_mailbox(mailbox.mailbox.clone());
            return Some(at);
        }
        let mut given = mailbox.map(|mailbox| self.mailboxes[mailbox].mailbox.clone());
        let domain = forecast.lead().email.as_ref().filter(|_| mailed).map(|email| email.domain());
        let mut rooms: Vec<&mut DayRoom> = self.workspace.iter_mut().collect();
        rooms.extend(self.domains.as_mut().zip(domain).map(|(domains, domain)| domains.room(domain)));
        if let Some(full) = rooms.iter_mut().find(|room| room.is_full(at)) {
            if let Some(mailbox) = given {
                forecast.give_mailbox(mailbox);
            }
            let tomorrow = forecast.next_from(day_begins(day_of(at) + 1));
            return Some(full.take_position(tomorrow));
        }
        let account = match touch.channel {
            Channel::Sms | Channel::Whatsapp => self.texts.get_mut(&touch.channel),
            Channel::Email => mailbox.and_then(|mailbox| self.mailboxes[mailbox].quota.as_mut()),
        };
        let until = account.and_then(|(limits, quota)| {
            let next = quota.next(limits, wish, at);
            if next <= at {
                quota.take(limits, at, touch.opening);
                return None;
            }
            let (today, day) = (limits.day_of(at), limits.day_of(next));
            if day == today {
                given = None;
                return Some(next);
            }
            let coming = DayBooking { from: day, opening: touch.opening, follow_ups: &follow_ups };
            let day = quota.book_day(limits, coming, today);
            Some(limits.same_time_on(at, day).max(next))
        });
        if until.is_none() {
            rooms.into_iter().for_each(|room| room.take(at));
        }
        if let Some(mailbox) = given {
            forecast.give_mailbox(mailbox);
        }
        until
    }

    /// The lead's own mailbox, else the best one now.
    fn mailbox_of(
        &self,
        wish: SlotRequest,
        forecast: &Forecast<'_>,
        follow_ups: &FollowUps<'_>,
    ) -> Option<usize> {
        let is_open = |known: &MailboxCandidate| forecast.finds_open(&known.mailbox);
        let is_own = |known: &MailboxCandidate| Some(&known.mailbox) == forecast.mailbox() && is_open(known);
        let own = self.mailboxes.iter().position(is_own);
        own.or_else(|| choose_where(is_open, &self.mailboxes, &forecast.lead().id, wish, follow_ups))
    }
}

/// The figures of a simulation that users look at first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    pub messages: u32,
    pub amounts: Amounts,
    pub tasks: u32,
    pub by_day: BTreeMap<SimulatedAccount, BTreeMap<Date, u32>>,
    /// Messages per day over all accounts of a channel.
    pub of_channel: BTreeMap<Channel, BTreeMap<Date, DayTotal>>,
    /// Skipped steps by reason.
    pub skipped: BTreeMap<&'static str, u32>,
    pub ends: BTreeMap<EndReason, u32>,
    /// Leads who are held at a step that could not go out, by reason.
    pub held: BTreeMap<HoldReason, u32>,
    /// The same leads by the version and place of the step, its channel and the reason.
    pub stops: BTreeMap<(u32, u16, Option<Channel>, HoldReason), u32>,
    /// When the last message goes out.
    pub last: Option<Timestamp>,
}

/// Messages of one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayTotal {
    pub messages: u32,
    /// First messages to a lead among them.
    pub openings: u32,
}

impl Figures {
    /// Counts the results. Days are those of each account's zone in `zones`, or of the zone `otherwise`.
    pub fn of<'a>(
        paths: impl IntoIterator<Item = &'a SimulatedPath>,
        zones: &BTreeMap<SimulatedAccount, ZoneName>,
        otherwise: &ZoneName,
    ) -> Self {
        let clocks: BTreeMap<&SimulatedAccount, _> =
            zones.iter().map(|(account, zone)| (account, zone.zone())).collect();
        let otherwise = otherwise.zone();
        let mut figures = Self::default();
        for path in paths {
            match path.end {
                ForecastEnd::Ended(reason) => *figures.ends.entry(reason).or_default() += 1,
                ForecastEnd::Held(reason) => *figures.held.entry(reason).or_default() += 1,
            }
            for planned in &path.steps {
                match &planned.outcome {
                    PlannedOutcome::SendAt(at) => {
                        let Some(channel) = planned.channel else { continue };
                        let mailbox = path.mailbox.clone().filter(|_| channel == Channel::Email);
                        let account = (channel, mailbox);
                        let clock = clocks.get(&account).unwrap_or(&otherwise);
                        let day = clock.to_datetime(*at).date();
                        let total = figures.of_channel.entry(channel).or_default().entry(day).or_default();
                        total.messages += 1;
                        total.openings += u32::from(planned.opening);
                        *figures.by_day.entry(account).or_default().entry(day).or_default() += 1;
                        figures.messages += 1;
                        match channel {
                            Channel::Email => figures.amounts.emails += 1,
                            Channel::Sms => figures.amounts.sms_segments += planned.segments.unwrap_or(0),
                            Channel::Whatsapp => figures.amounts.whatsapp += 1,
                        }
                        figures.last = figures.last.max(Some(*at));
                    }
                    PlannedOutcome::TaskAt(_) => figures.tasks += 1,
                    PlannedOutcome::Skipped(why) => *figures.skipped.entry(why.as_str()).or_default() += 1,
                    PlannedOutcome::NeverOpens => {
                        *figures.skipped.entry("window_never_opens").or_default() += 1;
                    }
                    PlannedOutcome::Held(reason) => {
                        let stop = (planned.version, planned.step, planned.channel, *reason);
                        *figures.stops.entry(stop).or_default() += 1;
                    }
                    PlannedOutcome::Passed(..) => {}
                }
            }
        }
        figures
    }

    /// Messages on the fullest day, over all accounts of the channel.
    pub fn most_on_a_day(&self, channel: Channel) -> u32 {
        self.days_of(channel).map(|(_, total)| total.messages).max().unwrap_or(0)
    }

    /// How many accounts with these limits the channel needs so that no lead waits for another day: each day
    /// then has capacity for all its messages, and for the first messages among them.
    pub fn accounts_needed(&self, channel: Channel, limits: &SendingLimits) -> u32 {
        let needed = |(day, total): (Date, DayTotal)| {
            let all = total.messages.div_ceil(limits.allowed_on(day).max(1));
            all.max(total.openings.div_ceil(limits.new_allowed_on(day).max(1)))
        };
        self.days_of(channel).map(needed).max().unwrap_or(1).max(1)
    }

    fn days_of(&self, channel: Channel) -> impl Iterator<Item = (Date, DayTotal)> {
        self.of_channel.get(&channel).into_iter().flatten().map(|(day, total)| (*day, *total))
    }
}

#[cfg(test)]
mod tests;
