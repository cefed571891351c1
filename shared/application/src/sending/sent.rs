//! The answer to a queue: what it does with a message that was looked at. And the spans that senders keep to.

use crate::ports::store::{StoreError, StoreResult};
use jiff::{SignedDuration, Timestamp};

/// The life of a claim. After it the function that made it reports no outcome any more.
pub const CLAIM_LASTS: SignedDuration = SignedDuration::from_secs(120);
/// The deadline of evidence: what is uncertain for so long is left to the workspace's policy.
pub const UNCERTAIN_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// The wait of a message while the workspace sends nothing.
pub const STOPPED_WAIT: SignedDuration = SignedDuration::from_mins(15);
/// Messages of a batch that would begin later than this go back into the queue: a function whose time is over is killed
/// in the middle of a call, and nobody knows what became of that message.
pub const BEGINS_WITHIN: SignedDuration = SignedDuration::from_secs(15);
/// The longest delay of a queue message; a hint finds what is due later.
pub(super) const LONGEST_DELAY_SECONDS: u32 = 900;
/// The wait for another function that writes the same item at this moment.
const OVERTAKEN_SECONDS: u32 = 5;
/// The time until the queue message of a function that broke off comes again, and the difference of two clocks.
const WRITER_TAKES: SignedDuration = SignedDuration::from_mins(13);
const EARLY_WAIT_SECONDS: i64 = 60;

/// The answer to the queue whose message asked for a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    Done,
    /// The message comes again after these seconds, for this reason.
    Later(u32, String),
    /// The store did not answer.
    Broken(String),
}

impl Sent {
    pub(super) fn later(seconds: u32, why: &str) -> Self {
        Self::Later(seconds, why.to_owned())
    }

    /// The message comes again at that time.
    pub(super) fn not_before(at: Timestamp, now: Timestamp, why: &str) -> Self {
        Self::later(seconds_until(now, at), why)
    }

    pub(super) fn broken(error: &StoreError) -> Self {
        Self::Broken(error.in_full())
    }

    /// Another function has claimed the message, until then.
    pub(super) fn claimed_elsewhere(until: Timestamp, now: Timestamp) -> Self {
        Self::not_before(until, now, "another attempt is at it")
    }

    /// Another function has taken our claim for expired and claims the message now.
    pub(super) fn claimed_by_other() -> Self {
        Self::later(OVERTAKEN_SECONDS, "another attempt is at it")
    }

    /// The enrolment was changed since it was read: it is planned again at once.
    pub(super) fn overtaken() -> Self {
        Self::later(1, "changed since it was planned")
    }

    /// The message was changed since it was read, or another function is about to claim it.
    pub(super) fn changed_meanwhile() -> Self {
        Self::later(OVERTAKEN_SECONDS, "it was changed meanwhile")
    }

    /// Preflight found something closed, or could not read it in time.
    pub(super) fn permits_ran_out() -> Self {
        Self::later(1, "what permits it was read too long ago")
    }

    /// The item that a hint or a queue message is about does not stand as they say. Hints are written first, so it may
    /// be written any moment: the message comes again while its writer may still be at work, each time after twice as
    /// long, so that it is not received so often that it counts as dead. A writer that broke off comes again itself.
    pub(super) fn not_written(due: Timestamp, now: Timestamp) -> Self {
        let since = now.duration_since(due);
        if since > WRITER_TAKES {
            return Self::Done;
        }
        let wait = u32::try_from(since.as_secs().saturating_add(EARLY_WAIT_SECONDS));
        Self::later(wait.unwrap_or(0), "what it is about is not written yet")
    }
}

/// Why an attempt makes no call: the message was dealt with in another way, or the store does not answer.
pub(super) enum NoCall {
    Dealt(Sent),
    Store(StoreError),
}

impl From<Sent> for NoCall {
    fn from(sent: Sent) -> Self {
        Self::Dealt(sent)
    }
}

impl From<StoreError> for NoCall {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl NoCall {
    pub(super) fn into_sent(self) -> StoreResult<Sent> {
        match self {
            Self::Dealt(sent) => Ok(sent),
            Self::Store(error) => Err(error),
        }
    }
}

/// Whole seconds from now until `at`, at least one, at most a queue's longest visibility.
pub(super) fn seconds_until(now: Timestamp, at: Timestamp) -> u32 {
    let seconds = at.duration_since(now).as_secs().clamp(0, 43_199) + 1;
    u32::try_from(seconds).unwrap_or(1)
}

/// The next look at a message that waits for a user to resume something: when the pause ends, or sooner, because the user may
/// resume it sooner.
pub(super) fn resumed_by(end: Option<Timestamp>, wait: SignedDuration, now: Timestamp) -> Timestamp {
    let later = now.checked_add(wait).unwrap_or(now);
    end.map_or(later, |end| end.min(later)).max(now)
}
