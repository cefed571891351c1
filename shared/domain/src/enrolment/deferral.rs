//! Deferrals: the ways in which a step goes out later than planned, and what each does to its lateness and its tries.

use crate::enrolment::reasons::HoldReason;
use crate::enrolment::{Enrolment, EnrolmentState};
use jiff::Timestamp;

/// Why a step goes out later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deferral {
    /// A limit, a window or a cap of our own. The new time counts as planned, so the step does not become late.
    OwnLimit,
    /// Something unplanned, such as a provider that is down. Lateness counts from the first planned time.
    Outage,
    /// The claim is given back without a call, or after one that says nothing about this message. Neither the try
    /// nor the time counts against the step.
    NotTried,
    /// The claim is given back after a try that certainly reached nobody. The try counts, and the step is planned
    /// for the next one.
    Tried,
    /// The claim is given back as for `Tried`, and the step is held for this reason. If that makes late, lateness
    /// counts from the planned time, however late it was tried.
    Held(HoldReason),
}

impl Enrolment {
    /// Defers the present step. False if it needs a claim to give back and there is none.
    pub fn defer(&mut self, deferral: Deferral, until: Timestamp, now: Timestamp) -> bool {
        let planned = self.late_since.or(self.due);
        match deferral {
            Deferral::OwnLimit => {
                if self.due.is_none_or(|due| due <= now) {
                    self.late_since = None;
                }
            }
            Deferral::Outage => self.late_since = self.late_since.or(self.due.filter(|due| *due <= now)),
            _ if !self.is_claimed() => return false,
            Deferral::NotTried => {
                self.state = EnrolmentState::Scheduled;
                self.late_since = planned;
            }
            Deferral::Tried => {
                self.state = EnrolmentState::Scheduled;
                self.attempts = self.attempts.saturating_add(1);
            }
            Deferral::Held(reason) => {
                self.state = EnrolmentState::Scheduled;
                self.attempts = self.attempts.saturating_add(1);
                self.late_since = planned.filter(|_| reason.behaviour().makes_late);
                return self.hold(reason, Some(until), now).is_ok();
            }
        }
        self.due = Some(until);
        true
    }
}

#[cfg(test)]
mod tests;
