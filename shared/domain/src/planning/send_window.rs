//! When a lead may be contacted: the sequence's send window, the quiet hours for texts, chats and calls, and
//! the account's sending hours, all at once.

use crate::campaign::Campaign;
use crate::campaign::calendar::Calendar;
use crate::contact::channel::Channel;
use crate::ids::AccountId;
use crate::lead::Lead;
use crate::lead::zone::zone_of;
use crate::mutant;
use crate::planning::check::CheckRule;
use crate::sequence::SequenceVersion;
use crate::sequence::step_kind::StepKind;
use crate::time::days_off::DaysOff;
use crate::time::opening_hours::{Opening, SEARCH};
use crate::time::time_zone::ZoneFact;
use crate::time::time_zone::ZoneSource;
use crate::time::weekly_hours::Week;
use crate::time::weekly_hours::WorkingHours;
use crate::time::weekly_hours::{MinuteRange, OnHolidays, SendingWindow};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A text, chat or call may come between these hours by the lead's clock: the US rule (47 CFR 64.1200(c)(1)),
/// applied everywhere. A task for a call may be done later; the user sees the lead's local time.
const AWAKE: Week<'static> =
    Week { weekdays: &[1, 2, 3, 4, 5, 6, 7], ranges: &[MinuteRange { start: 8 * 60, end: 21 * 60 }] };

#[derive(Debug, Clone)]
pub struct Hours<'a> {
    window: Opening<'a>,
    /// Further openings that must be met. Of several openings under one rule, one open is enough.
    also: Vec<(Keeps, Vec<Opening<'a>>)>,
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
        Self { window: Opening { week: window.week(), zone, days_off }, also: Vec::new() }
    }

    /// The hours of a one-off or bulk message that waits for its slot: the quiet hours of its channel and the
    /// sending hours of its account, but no sequence's window.
    pub fn of_message(channel: Channel, zone: TimeZone, account: Option<&'a WorkingHours>) -> Self {
        let window = Opening { week: Week::ALWAYS, zone, days_off: DaysOff::NONE };
        let hours = Self { window, also: Vec::new() };
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

    fn awake(mut self, what: Option<&'static str>) -> Self {
        if let Some(what) = what {
            let opening = Opening { week: AWAKE, zone: self.window.zone.clone(), days_off: DaysOff::NONE };
            self.also.push((Keeps::Quiet(what), vec![opening]));
        }
        self
    }

    fn within(mut self, channel: Channel, hours: Vec<&'a WorkingHours>) -> Self {
        if !hours.is_empty() {
            let keeps = match channel {
                Channel::Email => Keeps::Mailbox,
                Channel::Sms => Keeps::SmsSender,
                Channel::Whatsapp => Keeps::WhatsappSender,
            };
            self.also.push((keeps, hours.into_iter().map(opening_of).collect()));
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
        self.also.iter().filter_map(move |(keeps, openings)| {
            let open = openings.iter().find(|opening| opening.is_open(at));
            Some((*keeps, open.is_some(), &open.or(openings.first())?.zone))
        })
    }

    /// The first instant from `from` on at which all are open; none if there is none within 400 days.
    pub fn next(&self, from: Timestamp) -> Option<Timestamp> {
        let limit = from.checked_add(SEARCH).ok()?;
        let mut at = from;
        while at <= limit {
            let mut moved = self.window.next(at)?;
            for (_, openings) in &self.also {
                moved = openings.iter().filter_map(|opening| opening.next(moved)).min()?;
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

/// Whether a lead in this zone may be called now, by its clock.
pub fn is_awake(zone: &TimeZone, at: Timestamp) -> bool {
    Opening { week: AWAKE, zone: zone.clone(), days_off: DaysOff::NONE }.is_open(at)
}

fn opening_of(hours: &WorkingHours) -> Opening<'_> {
    Opening { week: hours.week(), zone: hours.zone.zone(), days_off: DaysOff::NONE }
}

/// The lead's own time zone if known, else the one that phone or country tell, else the campaign's.
pub fn zone_for(lead: &Lead, campaign: &Campaign) -> ZoneFact {
    let of_campaign =
        || ZoneFact { zone: campaign.zone.clone(), source: ZoneSource::Campaign, confidence: 20 };
    zone_of(lead).unwrap_or_else(of_campaign)
}

/// The hours for a lead by the sequence's window and its days off alone.
pub fn hours_for<'a>(
    lead: &Lead,
    campaign: &Campaign,
    version: &'a SequenceVersion,
    calendar: &'a Calendar,
) -> Hours<'a> {
    let days_off = DaysOff::of(lead, &calendar.days_off);
    let zone = zone_for(lead, campaign).zone.zone();
    let zone = if mutant!("window_in_utc") { jiff::tz::TimeZone::UTC } else { zone };
    Hours::of_window(&version.window, zone, days_off)
}

#[cfg(test)]
mod tests;
