//! A step that a pause or an outage has kept back for long: whether it is still done, left out, or a person is asked first.

use crate::campaign::Campaign;
use crate::campaign::calendar::Calendar;
use crate::enrolment::Enrolment;
use crate::enrolment::late_rule::WhenLate;

use crate::sequence::{SequenceVersion, Step};
use jiff::{SignedDuration, Timestamp};

/// What was to go out longer ago than this is late.
pub const LATE_AFTER: SignedDuration = SignedDuration::from_hours(48);

impl Enrolment {
    /// When the present step was to be done, if that is so long ago that it is late. What our own hours and limits put off
    /// is planned anew (`put_off`), and is not.
    pub fn late_since(&self, now: Timestamp) -> Option<Timestamp> {
        let planned = self.owed_since.or(self.due)?;
        (now.duration_since(planned) > LATE_AFTER).then_some(planned)
    }

    /// By hours or limits of our own.
    pub fn put_off(&mut self, until: Timestamp, now: Timestamp) {
        if self.due.is_none_or(|due| due <= now) {
            self.owed_since = None;
        }
        self.due = Some(until);
    }

    /// By what is not planned: from its first time on it grows late.
    pub fn keep_back(&mut self, until: Timestamp, now: Timestamp) {
        self.owed_since = self.owed_since.or(self.due.filter(|due| *due <= now));
        self.due = Some(until);
    }

    /// A person lets it go on: it is planned from now.
    pub fn forgive(&mut self) {
        self.owed_since = None;
    }

    /// Behind a wait, branch or goal that was late, a step without a delay of its own is as late as that was.
    pub fn inherit_lateness(&mut self, late: Option<Timestamp>, version: &SequenceVersion) {
        let at_once = |step: &Step| step.delay.amount == 0;
        let present = self.step.as_ref().and_then(|step| version.step(step));
        self.owed_since = late.filter(|_| self.is_active() && present.is_some_and(at_once));
    }
}

/// For who was to be written to at `planned`: the campaign's answer where there is one, else what the workspace wants.
pub fn when_late(campaign: &Campaign, calendar: &Calendar, planned: Timestamp) -> WhenLate {
    let answer = campaign.late_answer.filter(|answer| planned < answer.planned_before);
    answer.map_or(calendar.when_late, |answer| answer.then)
}

#[cfg(test)]
mod tests;
