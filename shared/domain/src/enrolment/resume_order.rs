//! The order in which held enrolments continue: after a pause in the order in which they were due, after a
//! release by users in a drawn order, and never all at once.

use crate::enrolment::Enrolment;
use crate::enrolment::reasons::HoldReason;
use crate::planning::send_window::Hours;
use crate::stable_hash::draw;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Enrolments are spread over so long, whatever their accounts can send; those beyond a day's quota wait for later slots.
pub const GOES_ON_OVER: SignedDuration = SignedDuration::from_hours(1);
/// The assumed length of a pause whose start is unknown.
const AS_IF_PAUSED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A pause that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumption {
    pub since: Timestamp,
    pub at: Timestamp,
}

/// Why held enrolments continue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoesOn {
    /// A pause of campaign, account or workspace is over.
    Resumed(Resumption),
    /// A user releases all leads held for this reason.
    Released { reason: HoldReason, at: Timestamp },
}

impl GoesOn {
    pub fn since(&self) -> Timestamp {
        match self {
            Self::Resumed(over) => over.at,
            Self::Released { at, .. } => *at,
        }
    }

    /// When this enrolment continues, among all that could continue at once.
    pub fn place(&self, enrolment: &Enrolment, hours: &Hours<'_>) -> Option<Timestamp> {
        match self {
            Self::Resumed(over) => over.place(enrolment.late_since?, hours),
            Self::Released { at, .. } => {
                let over = Resumption::at(*at);
                let whole = over.at.duration_since(over.since).as_secs().max(1).unsigned_abs();
                let into = draw(&[enrolment.key.lead.as_str(), enrolment.key.campaign.as_str()]) % whole;
                let into = SignedDuration::from_secs(i64::try_from(into).unwrap_or(0));
                over.place(over.since.checked_add(into).ok()?, hours)
            }
        }
    }
}

impl Resumption {
    pub fn at(now: Timestamp) -> Self {
        Self { since: now.checked_sub(AS_IF_PAUSED).unwrap_or(Timestamp::MIN), at: now }
    }

    /// When an enrolment that was due at `owed` continues: the earlier it was due, the sooner. What does not
    /// fit into today's hours comes in the same order when they open again.
    pub fn place(&self, was_due: Timestamp, hours: &Hours<'_>) -> Option<Timestamp> {
        let wait = self.wait(was_due);
        let at = hours.next(self.at)?.checked_add(wait).ok()?;
        if hours.is_open(at) {
            return Some(at);
        }
        let again = hours.next(at)?.checked_add(wait).ok()?;
        Some(if hours.is_open(again) { again } else { hours.next(at)? })
    }

    fn wait(&self, was_due: Timestamp) -> SignedDuration {
        let whole = self.at.duration_since(self.since).as_secs().max(1);
        let into = was_due.duration_since(self.since).as_secs().clamp(0, whole);
        SignedDuration::from_mins(GOES_ON_OVER.as_mins() * into / whole)
    }
}

#[cfg(test)]
mod tests;
