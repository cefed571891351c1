//! Those whom a pause has kept back go on in the order in which they were due, never all at once.

use crate::hours::Hours;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Over so long they are spread, whatever their accounts take; who is too many for a day is lined up when looked at.
pub const GOES_ON_OVER: SignedDuration = SignedDuration::from_hours(1);
/// Where nobody knows any more when it began.
const AS_IF_PAUSED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A pause that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumption {
    pub since: Timestamp,
    pub at: Timestamp,
}

impl Resumption {
    pub fn at(now: Timestamp) -> Self {
        Self { since: now.checked_sub(AS_IF_PAUSED).unwrap_or(Timestamp::MIN), at: now }
    }

    /// When who was due at `owed` is next: the earlier it was, the sooner. What does not fit into today's hours comes when
    /// they open again, in the same order.
    pub fn place(&self, owed: Timestamp, hours: &Hours<'_>) -> Option<Timestamp> {
        let wait = self.wait(owed);
        let at = hours.next(self.at)?.checked_add(wait).ok()?;
        if hours.is_open(at) {
            return Some(at);
        }
        let again = hours.next(at)?.checked_add(wait).ok()?;
        Some(if hours.is_open(again) { again } else { hours.next(at)? })
    }

    fn wait(&self, owed: Timestamp) -> SignedDuration {
        let whole = self.at.duration_since(self.since).as_secs().max(1);
        let into = owed.duration_since(self.since).as_secs().clamp(0, whole);
        SignedDuration::from_mins(GOES_ON_OVER.as_mins() * into / whole)
    }
}

#[cfg(test)]
#[path = "tests/resuming.rs"]
mod tests;
