//! Which of a campaign's mailboxes somebody is written to from: once chosen, it stays theirs.

use crate::campaign::calendar::Calendar;
use crate::capacity::capacity_calendar::Coming;
use crate::capacity::follow_up_load::FollowUps;
use crate::capacity::quota::{Pace, SendingLimits, Wish};
use crate::enrolment::Enrolment;
use crate::ids::{ConnectionId, LeadId};
use crate::lead::Lead;
use crate::stable_hash::draw;
use crate::time::days_off::DaysOff;
use crate::time::opening_hours::Opening;
use crate::time::weekly_hours::WorkingHours;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::cmp::Reverse;

/// A mailbox that is there and switched on.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub mailbox: ConnectionId,
    pub hours: Option<WorkingHours>,
    /// Its provider takes messages.
    pub works: bool,
    /// What it may send and has given away of that; as much as there is if left out.
    pub pace: Option<(SendingLimits, Pace)>,
}

impl Enrolment {
    /// Who was written to before goes on from the same mailbox, where it is one of the campaign's, there, and has not failed for
    /// long.
    pub fn keep_to_mailbox(&mut self, lead: &Lead, calendar: &Calendar, now: Timestamp) {
        let is_well = |known: &&ConnectionId| {
            calendar.mailboxes.contains_key(*known) && calendar.sick(known, now).is_none()
        };
        if self.mailbox.is_none() {
            self.mailbox = lead.mailbox.as_ref().filter(is_well).cloned();
        }
    }
}

impl Lead {
    /// In this campaign it is over for them: what wrote to them there stays known.
    pub fn leave(&mut self, enrolment: &Enrolment) {
        self.active.remove(&enrolment.key.campaign);
        if enrolment.knows_mailbox() {
            self.mailbox.clone_from(&enrolment.mailbox);
        }
    }
}

/// Who works is before who does not, who is at work before who is not. Of those it is who has room first, for them and all that
/// follows, and of them who has most of it that day. What is left is drawn, and falls the same way for the same lead each
/// time.
pub fn choose(
    candidates: &[Candidate],
    lead: &LeadId,
    wish: Wish,
    follow_ups: &FollowUps<'_>,
) -> Option<usize> {
    choose_where(|_| true, candidates, lead, wish, follow_ups)
}

/// As `choose`, of those that may be.
pub(crate) fn choose_where(
    may_be: impl Fn(&Candidate) -> bool,
    candidates: &[Candidate],
    lead: &LeadId,
    wish: Wish,
    follow_ups: &FollowUps<'_>,
) -> Option<usize> {
    let standing = |candidate: &Candidate| {
        let (day, left) = candidate.room(wish, follow_ups);
        let lot = draw(&[lead.as_str(), candidate.mailbox.as_str()]);
        (!candidate.works, !candidate.is_open(wish.at), day, Reverse(left), lot)
    };
    let theirs = (0..candidates.len()).filter(|index| may_be(&candidates[*index]));
    theirs.min_by_key(|index| standing(&candidates[*index]))
}

impl Candidate {
    pub(crate) fn is_open(&self, at: Timestamp) -> bool {
        self.hours.as_ref().is_none_or(|hours| {
            let (week, zone) = (hours.week(), hours.zone.zone());
            Opening { week, zone, days_off: DaysOff::NONE }.is_open(at)
        })
    }

    /// Days from the wish to the first with room, and how much it has.
    fn room(&self, wish: Wish, follow_ups: &FollowUps<'_>) -> (i64, u32) {
        let Some((limits, pace)) = &self.pace else { return (0, u32::MAX) };
        let own = limits.day_of(wish.at);
        let from = limits.day_of(pace.next(limits, wish, wish.at));
        let (day, left) = pace.first_room(limits, Coming { from, opening: wish.opening, follow_ups });
        (days_between(own, day), left)
    }

    /// Somebody is written to from here, whom those who come after are to find.
    pub fn give(&mut self, wish: Wish) {
        if let Some((limits, pace)) = &mut self.pace {
            pace.count(limits, wish.at.max(pace.hour), wish.opening);
        }
    }

    /// As `give`, on the first day that has a place in its line: the day, where there are limits.
    pub fn expect(&mut self, wish: Wish, follow_ups: &FollowUps<'_>, now: Timestamp) -> Option<Date> {
        let (limits, pace) = self.pace.as_mut()?;
        let coming = Coming { from: limits.day_of(wish.at), opening: wish.opening, follow_ups };
        Some(pace.line_up(limits, coming, limits.day_of(now)))
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    let whole: SignedDuration = to.duration_since(from);
    whole.as_hours() / 24
}

#[cfg(test)]
mod tests;
