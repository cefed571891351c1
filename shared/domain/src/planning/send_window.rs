//! When a lead may be contacted: the sequence's send window, the quiet hours for texts, chats and calls, and
//! the account's sending hours, all at once.

use crate::campaign::Campaign;
use crate::campaign::calendar::Calendar;
use crate::contact::channel::Channel;
use crate::contact::country::Country;
use crate::ids::AccountId;
use crate::lead::Lead;
use crate::lead::zone::{LeadClock, clock_of};
use crate::mutant;
use crate::planning::check::CheckRule;
use crate::planning::closed_hours::ClosedHours;
use crate::sequence::SequenceVersion;
use crate::sequence::Step;
use crate::sequence::step_kind::StepKind;
use crate::time::days_off::DaysOff;
use crate::time::opening_hours::{Opening, SEARCH};
use crate::time::time_zone::{ZoneFact, ZoneName};
use crate::time::weekly_hours::Week;
use crate::time::weekly_hours::WorkingHours;
use crate::time::weekly_hours::{MinuteRange, OnHolidays, SendingWindow};
use crate::workspace::account::Account;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A text, chat or call may come between these hours by the lead's clock: the US rule (47 CFR 64.1200(c)(1)),
/// applied everywhere. A task for a call may be done later; the user sees the lead's local time.
const AWAKE: Week<'static> =
    Week { weekdays: &[1, 2, 3, 4, 5, 6, 7], ranges: &[MinuteRange { start: 8 * 60, end: 21 * 60 }] };

/// A lead that has written counts as awake for so long.
const STILL_AWAKE: SignedDuration = SignedDuration::from_hours(1);

#[derive(Debug, Clone)]
pub struct Hours<'a> {
    window: Opening<'a>,
    /// Further rules that must be met.
    also: Vec<Rule<'a>>,
    /// The zones in which the lead may be.
    may_be: Vec<TimeZone>,
}

/// Openings under one rule.
#[derive(Debug, Clone)]
struct Rule<'a> {
    keeps: Keeps,
    openings: Vec<Opening<'a>>,
    /// Whether all of them must be open, as the lead's day in every zone where it may be; else one open is enough.
    all: bool,
}

impl Rule<'_> {
    fn is_open(&self, at: Timestamp) -> bool {
        match self.all {
            true => !self.openings.is_empty() && self.openings.iter().all(|opening| opening.is_open(at)),
            false => self.openings.iter().any(|opening| opening.is_open(at)),
        }
    }

    /// The first instant from `from` on that may be open: the rule is asked again there.
    fn next(&self, from: Timestamp) -> Option<Timestamp> {
        let each = || self.openings.iter().map(|opening| opening.next(from));
        if self.all { each().collect::<Option<Vec<_>>>()?.into_iter().max() } else { each().flatten().min() }
    }

    /// The clock by which it is closed or, if open, by which it is open.
    fn clock(&self, at: Timestamp) -> Option<&TimeZone> {
        let telling = self.openings.iter().find(|opening| opening.is_open(at) != self.all);
        telling.or(self.openings.first()).map(|opening| &opening.zone)
    }
}

/// A rule about hours besides the sequence's window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// The lead's night, for steps of this kind.
    Quiet(&'static str),
    Mailbox,
    SmsSender,
    WhatsappSender,
}

impl Keeps {
    pub fn rule(self) -> CheckRule {
        match self {
            Self::Quiet(_) => CheckRule::QuietHours,
            Self::Mailbox | Self::SmsSender | Self::WhatsappSender => CheckRule::SenderHours,
        }
    }

    pub fn words(self) -> String {
        match self {
            Self::Quiet(what) => format!("quiet hours 21–8 for {what}"),
            Self::Mailbox => "sending hours of the mailbox".to_owned(),
            Self::SmsSender => "sending hours of the SMS number".to_owned(),
            Self::WhatsappSender => "sending hours of the WhatsApp number".to_owned(),
        }
    }
}

impl<'a> Hours<'a> {
    /// The hours of the sequence's window alone.
    pub fn of_window(window: &'a SendingWindow, zone: TimeZone, days_off: DaysOff<'a>) -> Self {
        let days_off = match window.on_holidays {
            OnHolidays::Skip => days_off,
            OnHolidays::Send => days_off.without_public(),
        };
        let may_be = vec![zone.clone()];
        Self { window: Opening { week: window.week(), zone, days_off }, also: Vec::new(), may_be }
    }

    /// The hours of a one-off or bulk message that waits for its slot: the quiet hours of its channel and the
    /// sending hours of its account, but no sequence's window.
    pub fn of_message(channel: Channel, clock: &LeadClock, account: Option<&'a WorkingHours>) -> Self {
        let window = Opening { week: Week::ALWAYS, zone: clock.fact.zone.zone(), days_off: DaysOff::NONE };
        let hours = Self { window, also: Vec::new(), may_be: zones_of(clock) };
        hours.awake(channel.disturbs()).within(channel, account.into_iter().collect())
    }

    /// Adds the quiet hours and the account's sending hours that apply to such a step. `mailbox` is the
    /// lead's mailbox, if known.
    pub fn for_step(self, kind: &StepKind, calendar: &'a Calendar, mailbox: Option<&AccountId>) -> Self {
        let hours = self.awake(kind.behaviour().disturbs);
        match kind.channel() {
            Some(channel) => hours.within(channel, calendar.hours_of(channel, mailbox)),
            None => hours,
        }
    }

    /// Has texts and calls keep to the day in each of these zones, in which the lead may be.
    #[must_use]
    fn wherever_it_is(mut self, clock: &LeadClock) -> Self {
        self.may_be = zones_of(clock);
        self
    }

    fn awake(mut self, what: Option<&'static str>) -> Self {
        if let Some(what) = what {
            let openings = self.may_be.iter().cloned().map(day_in).collect();
            self.also.push(Rule { keeps: Keeps::Quiet(what), openings, all: true });
        }
        self
    }

    /// Whether nothing may go out in these hours only because the lead's zone is not known: it would if the lead were
    /// where its clock is read.
    pub fn are_closed_by_unknown_zone(&self, from: Timestamp) -> bool {
        if self.may_be.len() == 1 || self.next(from).is_some() {
            return false;
        }
        let mut known = self.clone();
        for rule in known.also.iter_mut().filter(|rule| rule.all) {
            rule.openings = vec![day_in(self.window.zone.clone())];
        }
        known.next(from).is_some()
    }

    fn within(mut self, channel: Channel, hours: Vec<&'a WorkingHours>) -> Self {
        if !hours.is_empty() {
            let keeps = match channel {
                Channel::Email => Keeps::Mailbox,
                Channel::Sms => Keeps::SmsSender,
                Channel::Whatsapp => Keeps::WhatsappSender,
            };
            self.also.push(Rule { keeps, openings: hours.into_iter().map(opening_of).collect(), all: false });
        }
        self
    }

    /// The lead's time zone.
    pub fn zone(&self) -> &TimeZone {
        &self.window.zone
    }

    pub fn window(&self) -> &Opening<'a> {
        &self.window
    }

    pub fn is_open(&self, at: Timestamp) -> bool {
        self.window.is_open(at) && self.others(at).all(|(_, open, _)| open)
    }

    pub fn is_working_day(&self, day: Date) -> bool {
        self.window.has_day(day)
    }

    /// Each further rule, whether it is open, and by which clock.
    pub fn others(&self, at: Timestamp) -> impl Iterator<Item = (Keeps, bool, &TimeZone)> {
        self.also
            .iter()
            .map(move |rule| (rule.keeps, rule.is_open(at), rule.clock(at).unwrap_or(self.zone())))
    }

    /// The first instant from `from` on at which all are open; none if there is none within 400 days.
    pub fn next(&self, from: Timestamp) -> Option<Timestamp> {
        self.next_within(SEARCH, from)
    }

    /// The first instant at which all are open, if it comes within `longest`.
    pub fn next_within(&self, longest: SignedDuration, from: Timestamp) -> Option<Timestamp> {
        #[cfg(test)]
        tests::SEARCHES.with(|searches| searches.set(searches.get() + 1));
        let limit = from.checked_add(longest).ok()?;
        let mut at = from;
        while at <= limit {
            let mut moved = self.window.next(at)?;
            for rule in &self.also {
                moved = rule.next(moved)?;
            }
            if moved == at {
                return Some(at);
            }
            at = moved;
        }
        None
    }

    /// The reasons, besides the window's hours and weekdays, that delayed a step from `from` to `to`.
    pub fn held(&self, from: Timestamp, to: Timestamp) -> Vec<String> {
        if from >= to {
            return Vec::new();
        }
        let mut found: Vec<String> = self.window.occasion(from).iter().map(ToString::to_string).collect();
        let (zone, week) = (&self.window.zone, self.window.week);
        let (mut day, last) = (zone.to_datetime(from).date(), zone.to_datetime(to).date());
        while let Ok(next) = day.tomorrow() {
            day = next;
            if day >= last {
                break;
            }
            let occasion = self.window.days_off.on(day).filter(|_| week.allows_day(day));
            found.extend(occasion.map(|occasion| occasion.to_string()));
        }
        found.extend(self.others(from).filter(|(_, open, _)| !open).map(|(keeps, ..)| keeps.words()));
        found.dedup();
        found
    }
}

/// Whether a lead may be called now: it is day in every zone where it may be. At a lead of whom not even the country is
/// known it is never known to be day.
pub fn is_awake(lead: &Lead, at: Timestamp) -> bool {
    let may_be = clock_of(lead).map_or_else(Vec::new, |clock| zones_of(&clock));
    !may_be.is_empty() && may_be.into_iter().all(|zone| day_in(zone).is_open(at))
}

/// The time from `at` on at which a message written by hand may come to this lead. Texts and chats keep to the day wherever
/// the lead may be, unless it has written itself within the last hour: `heard` is its latest one. E-mail comes at any time. A
/// lead of whom not even the country is known gets it at once: whoever writes it knows more.
pub fn by_hand_from(lead: &Lead, channel: Channel, heard: Option<Timestamp>, at: Timestamp) -> Timestamp {
    if heard.is_some_and(|heard| at.duration_since(heard) <= STILL_AWAKE) {
        return at;
    }
    let next = |clock: LeadClock| Hours::of_message(channel, &clock, None).next(at);
    clock_of(lead).and_then(next).unwrap_or(at)
}

fn zones_of(clock: &LeadClock) -> Vec<TimeZone> {
    clock.may_be.iter().map(ZoneName::zone).collect()
}

fn day_in(zone: TimeZone) -> Opening<'static> {
    Opening { week: AWAKE, zone, days_off: DaysOff::NONE }
}

fn opening_of(hours: &WorkingHours) -> Opening<'_> {
    Opening { week: hours.week(), zone: hours.zone.zone(), days_off: DaysOff::NONE }
}

/// The lead's clock, by the campaign's zone where nothing tells another.
pub fn clock_for(lead: &Lead, campaign: &Campaign) -> LeadClock {
    clock_of(lead).unwrap_or_else(|| LeadClock::unknown(campaign.zone.clone()))
}

/// The zone in which the lead's days are read: its own, else the most populous one in which it may be, else the campaign's.
pub fn zone_for(lead: &Lead, campaign: &Campaign) -> ZoneFact {
    clock_for(lead, campaign).fact
}

/// Whether a bulk message, which keeps to the lead's hours, has none by this account.
pub fn bulk_is_closed(
    lead: &Lead,
    channel: Channel,
    account: &Account,
    closed: &ClosedHours,
    now: Timestamp,
) -> bool {
    let clock = clock_of(lead).unwrap_or_else(|| LeadClock::unknown(ZoneName::utc()));
    closed.of(&clock, format!("{} {}", channel.as_str(), account.id), || {
        Hours::of_message(channel, &clock, account.hours.as_ref()).next(now).is_none()
    })
}

/// Whether the step has no hours for this lead only because the lead's zone is not known.
pub fn is_closed_by_unknown_zone(
    (lead, step): (&Lead, &Step),
    campaign: &Campaign,
    version: &SequenceVersion,
    calendar: &Calendar,
    now: Timestamp,
) -> bool {
    if step.kind.behaviour().disturbs.is_none() {
        return false;
    }
    // The days off are those of the lead's country.
    let country = lead.country.as_ref().map_or("", Country::as_str);
    let what = format!("{} {} {country}", version.version, step.id);
    let clock = clock_for(lead, campaign);
    if clock.is_known() {
        return false;
    }
    calendar.closed.of(&clock, what, || {
        let hours = hours_for(lead, campaign, version, calendar).for_step(&step.kind, calendar, None);
        hours.are_closed_by_unknown_zone(now)
    })
}

/// The hours of calls: those of the week where the lead's clock is read, while it is day in every zone where it may be.
pub fn hours_of_calls(week: Week<'static>, clock: &LeadClock) -> Hours<'static> {
    let window = Opening { week, zone: clock.fact.zone.zone(), days_off: DaysOff::NONE };
    Hours { window, also: Vec::new(), may_be: zones_of(clock) }.awake(Some("calls"))
}

/// The hours for a lead by the sequence's window and its days off alone.
pub fn hours_for<'a>(
    lead: &Lead,
    campaign: &Campaign,
    version: &'a SequenceVersion,
    calendar: &'a Calendar,
) -> Hours<'a> {
    let days_off = DaysOff::of(lead, &calendar.days_off);
    let clock = clock_for(lead, campaign);
    let zone = if mutant!("window_in_utc") { jiff::tz::TimeZone::UTC } else { clock.fact.zone.zone() };
    Hours::of_window(&version.window, zone, days_off).wherever_it_is(&clock)
}

#[cfg(test)]
pub(crate) mod tests;
