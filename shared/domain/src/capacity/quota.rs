//! The quota of an account: what it may send in a day, hour and minute, and how much of that is given out as
//! slots.
//!
//! A slot is one reserved moment for one message. Functions ask for slots before they claim a message; slots
//! keep the gap between two messages even if one of them starts late. A slot that is too far ahead is not
//! reserved: the answer is then an estimate, and the message asks again.

use crate::capacity::capacity_calendar::CapacityCalendar;
use crate::contact::channel::Channel;
use crate::ids::{AccountId, WorkspaceId};
use crate::mutant;
use crate::planning::check::{Check, CheckRule};
use crate::stable_hash::draw;
use crate::time::time_zone::ZoneName;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, Zoned};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Slots are given out only so far ahead; a message that must wait longer asks again.
pub const HORIZON: SignedDuration = SignedDuration::from_mins(15);
/// A call that would begin later than this after its slot needs another slot, if the account keeps its messages apart.
pub const LATEST: SignedDuration = SignedDuration::from_secs(30);
/// A call begins at least so long before the end of the day or hour that it counts in: the provider then accepts the
/// message before that end, within the claim's life.
const CALL_TAKES: SignedDuration = SignedDuration::from_secs(130);
/// No slot lies so close to the end of a day or hour: a call may begin two minutes after its slot.
const EDGE: SignedDuration = SignedDuration::from_secs(250);
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// The limits that a user sets for an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SendingLimits {
    /// The clock by which days and hours are counted.
    pub zone: ZoneName,
    /// Messages per day: 1 to 100,000.
    pub per_day: u32,
    /// Messages per clock hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_hour: Option<u32>,
    /// Messages in any minute, as the provider accepts them: 1 to 6,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
    /// First messages to a lead in their campaign (on WhatsApp: the first there) per day; the rest of the day
    /// is left to follow-ups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_per_day: Option<u32>,
    /// The least time between two messages: 0, or 10 to 3,600.
    #[serde(default)]
    pub gap_seconds: u32,
    /// The most seconds added to the gap, drawn anew each time.
    #[serde(default)]
    pub jitter_seconds: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ramp_up: Option<RampUp>,
}

/// A new account starts low and may send more each day, up to the limit per day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RampUp {
    pub from: Date,
    pub first_day: u32,
    pub daily_increase: u32,
}

impl SendingLimits {
    /// The usual limits of a mailbox, as providers and other senders advise: about two minutes between two mails, 40 a day.
    pub fn of_a_mailbox(zone: ZoneName) -> Self {
        Self {
            zone,
            per_day: 40,
            per_hour: None,
            per_minute: None,
            new_per_day: None,
            gap_seconds: 90,
            jitter_seconds: 60,
            ramp_up: None,
        }
    }

    /// The usual limits of a number: carriers pass on one segment a second and, in the United States, 2,000 a
    /// day; WhatsApp lets a new business begin 250 conversations a day.
    pub fn of_a_number(channel: Channel, zone: ZoneName) -> Self {
        let (per_minute, new_per_day) = match channel {
            Channel::Whatsapp => (600, Some(250)),
            Channel::Email | Channel::Sms => (60, None),
        };
        Self {
            per_day: 2_000,
            per_minute: Some(per_minute),
            new_per_day,
            gap_seconds: 0,
            jitter_seconds: 0,
            ..Self::of_a_mailbox(zone)
        }
    }

    /// Each invalid field, and what was expected.
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let mut faults = Vec::new();
        let mut expect = |good: bool, field, expected| {
            if !good {
                faults.push((field, expected));
            }
        };
        let within_day = |count: u32| (1..=self.per_day).contains(&count);
        expect((1..=100_000).contains(&self.per_day), "per_day", "is from 1 to 100,000");
        expect(self.per_hour.is_none_or(within_day), "per_hour", "is from 1 to the limit of a day");
        let per_minute = self.per_minute.is_none_or(|most| (1..=6_000).contains(&most));
        expect(per_minute, "per_minute", "is from 1 to 6,000");
        expect(self.new_per_day.is_none_or(within_day), "new_per_day", "is from 1 to the limit of a day");
        let gap = self.gap_seconds;
        expect(gap == 0 || (10..=3_600).contains(&gap), "gap_seconds", "is 0, or from 10 to 3,600");
        let jitter = self.jitter_seconds;
        expect(
            jitter <= 3_600 && (gap > 0 || jitter == 0),
            "jitter_seconds",
            "is up to 3,600, and 0 without a gap",
        );
        if let Some(ramp) = &self.ramp_up {
            expect(within_day(ramp.first_day), "ramp_up.first_day", "is from 1 to the limit of a day");
            let increase = ramp.daily_increase;
            expect((1..=10_000).contains(&increase), "ramp_up.daily_increase", "is from 1 to 10,000");
        }
        faults
    }

    /// The most messages that may go out within an hour.
    pub fn most_an_hour(&self) -> u32 {
        let by_minute = self.per_minute.map(|most| most.saturating_mul(60));
        let by_gap = (self.gap_seconds > 0).then(|| 3_600 / self.gap_seconds);
        let all = [Some(self.per_day), self.per_hour, by_minute, by_gap];
        all.into_iter().flatten().min().unwrap_or(self.per_day)
    }

    pub fn allowed_on(&self, day: Date) -> u32 {
        let Some(ramp) = &self.ramp_up else { return self.per_day };
        let days = day.duration_since(ramp.from).as_hours() / 24;
        let days = u32::try_from(days.max(0)).unwrap_or(u32::MAX);
        ramp.first_day.saturating_add(ramp.daily_increase.saturating_mul(days)).min(self.per_day)
    }

    /// Whether an account that keeps the other limits keeps these as well.
    pub fn allow_all_of(&self, others: &Self) -> bool {
        let at_least = |ours: Option<u32>, theirs: Option<u32>| {
            ours.is_none_or(|ours| theirs.is_some_and(|theirs| theirs <= ours))
        };
        self.zone == others.zone
            && self.per_day >= others.per_day
            && at_least(self.per_hour, others.per_hour)
            && at_least(self.per_minute, others.per_minute)
            && at_least(self.new_per_day, others.new_per_day)
            && self.gap_seconds <= others.gap_seconds
            && (self.ramp_up.is_none() || self.ramp_up == others.ramp_up)
    }

    pub(crate) fn new_allowed_on(&self, day: Date) -> u32 {
        self.new_per_day.unwrap_or(u32::MAX).min(self.allowed_on(day))
    }

    /// Whether a call may still begin in this slot. Where messages keep a distance, it must begin soon. Where they only
    /// count, a slot lasts until its day or hour is nearly over: a message that waited long in the queue would else take
    /// slot after slot, and the quota would be used up by messages that never went out.
    pub fn slot_lasts(&self, slot: Timestamp, now: Timestamp) -> bool {
        if self.keeps_apart() {
            return now.duration_since(slot) <= LATEST;
        }
        let end = later(now.max(slot), CALL_TAKES);
        self.day_of(end) == self.day_of(slot)
            && (self.per_hour.is_none() || self.hour_of(end) == self.hour_of(slot))
    }

    fn keeps_apart(&self) -> bool {
        self.gap_seconds > 0 || self.per_minute.is_some()
    }

    /// The distance between slots that keeps the limit per minute even if the first calls begin late and the last on time.
    fn spacing(&self) -> SignedDuration {
        let Some(most) = self.per_minute else { return SignedDuration::ZERO };
        let millis = (MINUTE + LATEST).as_millis();
        let each = millis.unsigned_abs().div_ceil(u128::from(most.max(1)));
        SignedDuration::from_millis(i64::try_from(each).unwrap_or(i64::MAX))
    }

    fn local(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.zone.zone())
    }

    pub fn day_of(&self, at: Timestamp) -> Date {
        self.local(at).date()
    }

    /// The clock hour, 0 to 23; an hour that a clock change repeats counts once.
    pub(crate) fn clock_hour(&self, at: Timestamp) -> usize {
        usize::from(self.local(at).hour().unsigned_abs())
    }

    fn hour_of(&self, at: Timestamp) -> Timestamp {
        let into = self.local(at);
        let into = i64::from(into.minute()) * 60 + i64::from(into.second());
        let floor = at.as_second() - into;
        Timestamp::from_second(floor).unwrap_or(at)
    }

    /// The same time of day on another day.
    pub fn same_time_on(&self, at: Timestamp, day: Date) -> Timestamp {
        let time = self.local(at).time();
        day.to_datetime(time).to_zoned(self.zone.zone()).map_or(at, |moved| moved.timestamp())
    }

    fn start_of(&self, day: Date) -> Timestamp {
        day.to_zoned(self.zone.zone()).map_or(Timestamp::MAX, |start| start.timestamp())
    }
}

/// The slots that an account has given out of its quota, and the bookings of its coming days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    pub workspace: WorkspaceId,
    pub account: AccountId,
    /// The day of the latest slot, by the limits' clock; the counts below are of that day.
    pub day: Date,
    pub taken: u32,
    /// First messages among them.
    pub taken_new: u32,
    /// The same by clock hour; hours after the last with any are left out.
    pub by_hour: Vec<u32>,
    /// The start of the latest slot's hour.
    pub hour: Timestamp,
    pub taken_in_hour: u32,
    /// The earliest time of the next slot.
    pub free: Timestamp,
    /// The first day of the capacity calendar; `lines` count the booked messages from this day on.
    pub line_from: Date,
    pub lines: Vec<CapacityCalendar>,
    pub rev: u64,
}

/// A message that asks for a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotRequest {
    pub at: Timestamp,
    /// Whether it is the first message to the lead in their campaign.
    pub opening: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Slot(Timestamp),
    /// No slot within the horizon: an estimate of when there will be one if nothing else asks.
    About(Timestamp),
}

impl Quota {
    pub fn unused(workspace: WorkspaceId, account: AccountId) -> Self {
        Self {
            workspace,
            account,
            day: Date::MIN,
            taken: 0,
            taken_new: 0,
            by_hour: Vec::new(),
            hour: Timestamp::MIN,
            taken_in_hour: 0,
            free: Timestamp::MIN,
            line_from: Date::MIN,
            lines: Vec::new(),
            rev: 0,
        }
    }

    /// Gives out slots. Of messages that could have the same slot a follow-up comes first, then the one that
    /// is due first. The answers are in the order of the wishes.
    pub fn place(&mut self, limits: &SendingLimits, wishes: &[SlotRequest], now: Timestamp) -> Vec<Place> {
        let mut places = vec![Place::About(now); wishes.len()];
        let (mut follow_ups, mut openings) = (in_order(wishes, false), in_order(wishes, true));
        let reach = later(now, HORIZON);
        // Beyond the horizon nothing is reserved: a copy only estimates how it would continue.
        let mut ahead: Option<Self> = None;
        loop {
            let present = ahead.as_ref().unwrap_or(self);
            let next = |line: &VecDeque<usize>| {
                let index = *line.front()?;
                Some((present.next(limits, wishes[index], now), index))
            };
            let (index, at, line) = match (next(&follow_ups), next(&openings)) {
                (Some((at, index)), None) => (index, at, &mut follow_ups),
                (Some((at, index)), Some((other, _))) if at <= other => (index, at, &mut follow_ups),
                (_, Some((at, index))) => (index, at, &mut openings),
                (None, None) => return places,
            };
            line.pop_front();
            if at > reach && ahead.is_none() {
                ahead = Some(self.clone());
            }
            places[index] = if ahead.is_none() { Place::Slot(at) } else { Place::About(at) };
            ahead.as_mut().unwrap_or(self).take(limits, at, wishes[index].opening);
        }
    }

    /// When a message could have its slot; reserves nothing.
    pub fn next(&self, limits: &SendingLimits, wish: SlotRequest, now: Timestamp) -> Timestamp {
        let mut at = wish.at.max(now).max(self.free);
        while at < Timestamp::MAX {
            let day = limits.day_of(at);
            let (taken, new) = if day == self.day { (self.taken, self.taken_new) } else { (0, 0) };
            let full = taken >= limits.allowed_on(day) + u32::from(mutant!("day_limit_plus_one"))
                || wish.opening && new >= limits.new_per_day.unwrap_or(u32::MAX);
            let tomorrow = day.tomorrow().map_or(Timestamp::MAX, |next| limits.start_of(next));
            if full || later(at, EDGE) >= tomorrow {
                at = tomorrow;
                continue;
            }
            if let Some(per_hour) = limits.per_hour {
                let hour = limits.hour_of(at);
                let end = later(hour, SignedDuration::from_hours(1));
                let full = hour == self.hour && self.taken_in_hour >= per_hour;
                if full || later(at, EDGE) >= end {
                    at = end;
                    continue;
                }
            }
            return at;
        }
        at
    }

    pub(crate) fn take(&mut self, limits: &SendingLimits, at: Timestamp, opening: bool) {
        self.count(limits, at, opening);
        // Without a gap many messages share an instant, but none goes back into an hour that was counted already.
        self.free = if limits.keeps_apart() { self.after(limits, at) } else { self.hour };
    }

    pub(crate) fn count(&mut self, limits: &SendingLimits, at: Timestamp, opening: bool) {
        self.roll_over(limits, at);
        self.taken = self.taken.saturating_add(1);
        self.taken_new = self.taken_new.saturating_add(u32::from(opening));
        self.taken_in_hour = self.taken_in_hour.saturating_add(1);
        let hour = limits.clock_hour(at);
        if self.by_hour.len() <= hour {
            self.by_hour.resize(hour + 1, 0);
        }
        self.by_hour[hour] = self.by_hour[hour].saturating_add(1);
    }

    /// Until when the account has sent as much as it may in a day or an hour; `None`: it has room. The time between two
    /// messages does not count.
    pub fn full_until(&self, limits: &SendingLimits, now: Timestamp) -> Option<Timestamp> {
        // Slots may be given out already in the hour that comes.
        let at = now.max(self.hour);
        let day = limits.day_of(at);
        if day == self.day && self.taken >= limits.allowed_on(day) {
            return Some(day.tomorrow().map_or(Timestamp::MAX, |next| limits.start_of(next)));
        }
        let hour = limits.hour_of(at);
        let is_full = |most| hour == self.hour && self.taken_in_hour >= most;
        limits.per_hour.filter(|most| is_full(*most)).map(|_| later(hour, SignedDuration::from_hours(1)))
    }

    /// Counts a message that a user wrote. It does not wait for a slot, but messages after it do.
    pub fn note(&mut self, limits: &SendingLimits, now: Timestamp) {
        let free = self.free;
        self.take(limits, now.max(self.hour), false);
        self.free = self.free.max(free);
    }

    /// Gives back a slot that was not used. The gap after it stays.
    pub fn give_back(&mut self, limits: &SendingLimits, at: Timestamp, opening: bool) {
        if limits.day_of(at) == self.day {
            self.taken = self.taken.saturating_sub(1);
            self.taken_new = self.taken_new.saturating_sub(u32::from(opening));
        }
        if limits.hour_of(at) == self.hour {
            self.taken_in_hour = self.taken_in_hour.saturating_sub(1);
        }
    }

    fn roll_over(&mut self, limits: &SendingLimits, at: Timestamp) {
        let (day, hour) = (limits.day_of(at), limits.hour_of(at));
        if day != self.day {
            (self.day, self.taken, self.taken_new) = (day, 0, 0);
            self.by_hour.clear();
        }
        if hour != self.hour {
            (self.hour, self.taken_in_hour) = (hour, 0);
        }
    }

    /// When the next slot may be: a call may begin late and the one after it on time, and they still keep the gap.
    fn after(&self, limits: &SendingLimits, at: Timestamp) -> Timestamp {
        if limits.gap_seconds == 0 {
            return later(at, limits.spacing());
        }
        let drawn = draw(&[self.account.as_str(), &at.as_second().to_string()]);
        let jitter = drawn % (u64::from(limits.jitter_seconds) + 1);
        let seconds = i64::from(limits.gap_seconds) + i64::try_from(jitter).unwrap_or(0);
        let gap = later(at, SignedDuration::from_secs(seconds) + LATEST);
        gap.max(later(at, limits.spacing()))
    }

    /// Whether the account has a slot for this message now, as a check.
    pub fn room(&self, limits: &SendingLimits, account: &str, wish: SlotRequest, now: Timestamp) -> Check {
        let (next, seen) = self.describe_next_slot(limits, account, wish, now);
        Check { rule: CheckRule::SenderHasRoom, passed: next <= now, seen }
    }

    /// Whether the account can send more today at all, as a check; the gap between two messages does not count.
    pub fn room_today(&self, limits: &SendingLimits, account: &str, now: Timestamp) -> Check {
        let (next, seen) =
            self.describe_next_slot(limits, account, SlotRequest { at: now, opening: false }, now);
        Check { rule: CheckRule::SenderHasRoom, passed: limits.day_of(next) == limits.day_of(now), seen }
    }

    /// When the next slot for this message is, and what is used of the quota, in words.
    fn describe_next_slot(
        &self,
        limits: &SendingLimits,
        account: &str,
        wish: SlotRequest,
        now: Timestamp,
    ) -> (Timestamp, String) {
        let day = limits.day_of(now);
        let (taken, new) = if day == self.day { (self.taken, self.taken_new) } else { (0, 0) };
        let mut seen = format!("{account}: {taken} of {} today", limits.allowed_on(day));
        if let Some(most) = limits.new_per_day {
            seen.push_str(&format!(", {new} of {most} to new leads"));
        }
        let next = self.next(limits, wish, now);
        if next > now {
            let local = limits.local(next).strftime("%a %-d %b %H:%M %Z").to_string();
            seen.push_str(&format!("; capacity from {local}"));
        }
        (next, seen)
    }
}

/// The wishes of one kind, earliest due first.
fn in_order(wishes: &[SlotRequest], opening: bool) -> VecDeque<usize> {
    let mut line: Vec<usize> = (0..wishes.len()).filter(|index| wishes[*index].opening == opening).collect();
    line.sort_by_key(|index| wishes[*index].at);
    line.into()
}

fn later(at: Timestamp, wait: SignedDuration) -> Timestamp {
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
