//! Lateness: when a step counts as late after a pause or an outage, and whether it is then sent, skipped or held for a user.

use crate::campaign::Campaign;
use crate::campaign::calendar::Calendar;
use crate::enrolment::Enrolment;
use crate::enrolment::late_rule::WhenLate;

use crate::mutant;
use crate::sequence::{SequenceVersion, Step};
use jiff::{SignedDuration, Timestamp};

/// A message is late if it was to go out longer ago than this.
pub const LATE_AFTER: SignedDuration = SignedDuration::from_hours(48);

impl Enrolment {
    /// When the present step was planned for, if that is long enough ago to be late. A step that our own
    /// hours and limits deferred (`Deferral::OwnLimit`) is planned anew and is not late.
    pub fn planned_if_late(&self, now: Timestamp) -> Option<Timestamp> {
        let planned = self.late_since.or(self.due)?;
        (now.duration_since(planned) > LATE_AFTER && !mutant!("lateness_ignored")).then_some(planned)
    }

    /// A user releases the step: it is planned from now and no longer late.
    pub fn clear_lateness(&mut self) {
        self.late_since = None;
    }

    /// Passes lateness on to a step without a delay of its own that stands behind a late wait, branch or goal.
    pub fn inherit_lateness(&mut self, late: Option<Timestamp>, version: &SequenceVersion) {
        let at_once = |step: &Step| step.delay.amount == 0;
        let present = self.step.as_ref().and_then(|step| version.step(step));
        self.late_since = late.filter(|_| self.is_active() && present.is_some_and(at_once));
    }
}

/// The handling of a message planned for `planned`: the user's answer for the campaign if it covers it, else
/// the workspace's rule.
pub fn when_late(campaign: &Campaign, calendar: &Calendar, planned: Timestamp) -> WhenLate {
    let answer = campaign.late_answer.filter(|answer| planned < answer.planned_before);
    answer.map_or(calendar.when_late, |answer| answer.then)
}

#[cfg(test)]
mod tests;
