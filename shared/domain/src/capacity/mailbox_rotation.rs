//! Mailbox rotation: which of a campaign's mailboxes writes to a lead. Once chosen, it stays the lead's.

use crate::campaign::calendar::Calendar;
use crate::capacity::capacity_calendar::DayBooking;
use crate::capacity::follow_up_load::FollowUps;
use crate::capacity::quota::{Quota, SendingLimits, SlotRequest};
use crate::enrolment::Enrolment;
use crate::ids::{AccountId, LeadId};
use crate::lead::Lead;
use crate::stable_hash::draw;
use crate::time::days_off::DaysOff;
use crate::time::opening_hours::Opening;
use crate::time::weekly_hours::WorkingHours;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::cmp::Reverse;

/// A mailbox that exists and is switched on.
#[derive(Debug, Clone)]
pub struct MailboxCandidate {
    pub mailbox: AccountId,
    pub hours: Option<WorkingHours>,
    /// Whether its provider accepts messages.
    pub works: bool,
    /// The limits and what is used of them; none means no limits.
    pub quota: Option<(SendingLimits, Quota)>,
}

impl Enrolment {
    /// Keeps a lead to the mailbox that wrote to them before, if it is one of the campaign's, exists, and has
    /// not failed for long.
    pub fn keep_to_mailbox(&mut self, lead: &Lead, calendar: &Calendar, now: Timestamp) {
        let is_well = |known: &&AccountId| {
            calendar.mailboxes.contains_key(*known) && calendar.long_failure(known, now).is_none()
        };
        let known = lead.mailbox.as_ref().filter(is_well);
        if let Some(known) = known.filter(|_| self.mailbox().is_none()) {
            self.send_by(known.clone());
        }
    }
}

impl Lead {
    /// Ends the lead's activity in this campaign. The mailbox that wrote to them there stays known.
    pub fn leave(&mut self, enrolment: &Enrolment) {
        self.active.remove(&enrolment.key().campaign);
        if enrolment.knows_mailbox() {
            self.mailbox.clone_from(enrolment.mailbox());
        }
    }
}

/// The best mailbox for a lead. Working mailboxes come first, then those in their sending hours, then those
/// with the earliest room for the message and its follow-ups, then those with most room that day. A remaining
/// tie is drawn, the same way each time for the same lead.
pub fn choose(
    candidates: &[MailboxCandidate],
    lead: &LeadId,
    wish: SlotRequest,
    follow_ups: &FollowUps<'_>,
) -> Option<usize> {
    choose_where(|_| true, candidates, lead, wish, follow_ups)
}

/// Like `choose`, among the candidates that `may_be` accepts.
pub(crate) fn choose_where(
    may_be: impl Fn(&MailboxCandidate) -> bool,
    candidates: &[MailboxCandidate],
    lead: &LeadId,
    wish: SlotRequest,
    follow_ups: &FollowUps<'_>,
) -> Option<usize> {
    let preference = |candidate: &MailboxCandidate| {
        let (day, left) = candidate.room(wish, follow_ups);
        let lot = draw(&[lead.as_str(), candidate.mailbox.as_str()]);
        (!candidate.works, !candidate.is_open(wish.at), day, Reverse(left), lot)
    };
    let theirs = (0..candidates.len()).filter(|index| may_be(&candidates[*index]));
    theirs.min_by_key(|index| preference(&candidates[*index]))
}

impl MailboxCandidate {
    pub(crate) fn is_open(&self, at: Timestamp) -> bool {
        self.hours.as_ref().is_none_or(|hours| {
            let (week, zone) = (hours.week(), hours.zone.zone());
            Opening { week, zone, days_off: DaysOff::NONE }.is_open(at)
        })
    }

    /// Days from the wanted time to the first day with room, and how much room it has.
    fn room(&self, wish: SlotRequest, follow_ups: &FollowUps<'_>) -> (i64, u32) {
        let Some((limits, quota)) = &self.quota else { return (0, u32::MAX) };
        let own = limits.day_of(wish.at);
        let from = limits.day_of(quota.next(limits, wish, wish.at));
        let (day, left) =
            quota.first_free_day(limits, DayBooking { from, opening: wish.opening, follow_ups });
        (days_between(own, day), left)
    }

    /// Counts a message from this mailbox, so that the next choice sees it.
    pub fn count_message(&mut self, wish: SlotRequest) {
        if let Some((limits, quota)) = &mut self.quota {
            quota.count(limits, wish.at.max(quota.hour), wish.opening);
        }
    }

    /// Books a message on the first day with room; returns that day, or none without limits.
    pub fn expect(&mut self, wish: SlotRequest, follow_ups: &FollowUps<'_>, now: Timestamp) -> Option<Date> {
        let (limits, quota) = self.quota.as_mut()?;
        let coming = DayBooking { from: limits.day_of(wish.at), opening: wish.opening, follow_ups };
        Some(quota.book_day(limits, coming, limits.day_of(now)))
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    let whole: SignedDuration = to.duration_since(from);
    whole.as_hours() / 24
}

#[cfg(test)]
mod tests;
