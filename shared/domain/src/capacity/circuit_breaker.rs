//! The circuit breaker of an account: stops calling a provider that fails.
//!
//! After failures in a row the breaker opens and nothing is sent for spans that grow. Then a single call, the
//! probe, tries whether the provider is back. If it is, the waiting messages go out by the minute, each
//! minute twice as many as before, until nothing waits any more and the breaker closes. An hour of an outage
//! costs at most a hundredth of what the account may send in it as probes, and at least one.

use crate::ids::{AccountId, WorkspaceId};
use crate::stable_hash::draw;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub const OPENS_AFTER: u8 = 5;
/// Failures in a row that open it again while it recovers.
pub const REOPENS_AFTER: u8 = 2;
/// Two failures further apart than this are not in a row.
const IN_A_ROW: SignedDuration = SignedDuration::from_mins(10);
const FIRST_SPAN: SignedDuration = SignedDuration::from_secs(30);
pub const LONGEST_SPAN: SignedDuration = SignedDuration::from_mins(10);
/// Probes in the first hour of an outage with these spans.
pub const MOST_TRIES: u32 = 9;
/// An account that sends less has fewer probes: one for so many messages that it may send in an hour.
const CALLS_PER_TRY: u32 = 100;
const LONGEST_OF_FEW: SignedDuration = SignedDuration::from_mins(40);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// No other probe starts meanwhile; as long as a claim lasts.
pub const PROBE_LASTS: SignedDuration = SignedDuration::from_secs(120);
pub const RAMP_MINUTES: u32 = 5;
/// Calls in the first minute of recovery.
pub const FIRST_MINUTE: u32 = 10;
/// The budget of immediate retries, for all messages of the account together. One in ten answered calls gives one back.
pub const MOST_RETRIES: u8 = 10;
const CALLS_PER_RETRY: u64 = 10;

/// The circuit breaker of one account of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker {
    pub workspace: WorkspaceId,
    pub account: AccountId,
    pub state: BreakerState,
    /// Failures in a row; the latest was at `failed_at`.
    pub failures: u8,
    pub failed_at: Option<Timestamp>,
    /// Immediate retries that are left.
    pub retries: u8,
    /// How often it opened since it was last closed.
    pub openings: u8,
    /// Since when the provider is down or recovering.
    pub since: Option<Timestamp>,
    pub rev: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum BreakerState {
    Closed,
    Open {
        until: Timestamp,
    },
    /// One call is under way as the probe. After `until` its outcome will not be reported any more.
    Probing {
        until: Timestamp,
    },
    /// Recovering since `from`; `taken` calls were made in `minute`, the latest with any.
    Recovering {
        from: Timestamp,
        minute: u32,
        taken: u32,
    },
}

/// The answer to a request for calls. All but `Free` and `Wait` must be stored before the calls are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    Free,
    Probe,
    /// So many calls may be made before `until`.
    Ration {
        calls: u32,
        until: Timestamp,
    },
    Wait {
        until: Timestamp,
    },
}

/// The state of the account's provider, as users see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Works,
    /// The provider fails; the next probe is at `next_try` if anything is to be sent then.
    Down {
        since: Timestamp,
        next_try: Timestamp,
    },
    Recovering {
        since: Timestamp,
    },
}

impl Breaker {
    pub fn closed(workspace: WorkspaceId, account: AccountId) -> Self {
        Self {
            workspace,
            account,
            state: BreakerState::Closed,
            failures: 0,
            failed_at: None,
            retries: MOST_RETRIES,
            openings: 0,
            since: None,
            rev: 0,
        }
    }

    pub fn admit(&mut self, wanted: u32, now: Timestamp) -> Pass {
        self.recover(now);
        match self.state {
            BreakerState::Closed => Pass::Free,
            BreakerState::Open { until } | BreakerState::Probing { until } if until > now => {
                Pass::Wait { until }
            }
            BreakerState::Open { .. } | BreakerState::Probing { .. } => {
                self.state = BreakerState::Probing { until: later(now, PROBE_LASTS) };
                Pass::Probe
            }
            BreakerState::Recovering { from, minute, taken } => {
                let present = minutes_between(from, now);
                let taken = if present == minute { taken } else { 0 };
                let calls = wanted.min(allowance(present).saturating_sub(taken));
                let until = later(from, SignedDuration::from_mins(i64::from(present) + 1));
                if calls == 0 {
                    return Pass::Wait { until };
                }
                self.state = BreakerState::Recovering { from, minute: present, taken: taken + calls };
                Pass::Ration { calls, until }
            }
        }
    }

    /// Notes that the provider answered, whatever it said about the message. True if the breaker must be stored.
    pub fn answered(&mut self, probe: bool, what: &str, now: Timestamp) -> bool {
        let before = self.clone();
        match self.state {
            BreakerState::Probing { .. } if probe => {
                self.state = BreakerState::Recovering { from: now, minute: 0, taken: 0 };
                self.failures = 0;
            }
            BreakerState::Open { .. } | BreakerState::Probing { .. } => {}
            BreakerState::Closed | BreakerState::Recovering { .. } => {
                self.recover(now);
                self.failures = 0;
                // One call in so many gives back a retry. A hash of its id decides which, so that the other
                // calls store nothing.
                if self.retries < MOST_RETRIES && draw(&[what]).is_multiple_of(CALLS_PER_RETRY) {
                    self.retries += 1;
                }
            }
        }
        self.failures != before.failures || self.retries != before.retries || self.state_differs(&before)
    }

    /// A closing that `recover` computes from the time alone need not be stored.
    fn state_differs(&self, before: &Self) -> bool {
        matches!(before.state, BreakerState::Probing { .. }) && self.state != before.state
    }

    /// Notes that the provider failed in a way that any other message would have met too. `after` is the wait
    /// it asks for, `an_hour` what the account may send in an hour if it has limits. True if the breaker must
    /// be stored.
    pub fn failed(
        &mut self,
        probe: bool,
        after: Option<SignedDuration>,
        an_hour: Option<u32>,
        now: Timestamp,
    ) -> bool {
        self.recover(now);
        let (limit, anew) = match self.state {
            BreakerState::Probing { .. } if probe => (0, false),
            // A call that began before the breaker opened tells nothing new.
            BreakerState::Open { .. } | BreakerState::Probing { .. } => return false,
            BreakerState::Closed => (OPENS_AFTER, true),
            BreakerState::Recovering { .. } => (REOPENS_AFTER, true),
        };
        let in_a_row = self.failed_at.is_some_and(|last| now.duration_since(last) < IN_A_ROW);
        self.failures = if in_a_row { self.failures.saturating_add(1) } else { 1 };
        self.failed_at = Some(now);
        if self.failures >= limit {
            self.openings = self.openings.saturating_add(1);
            let wait = self.stretched_span(an_hour).max(after.unwrap_or_default());
            self.state = BreakerState::Open { until: later(now, wait) };
            self.failures = 0;
            if anew || self.since.is_none() {
                self.since = Some(now);
            }
        }
        true
    }

    /// Uses up an immediate retry; false if none is left.
    pub fn spend_retry(&mut self) -> bool {
        let left = self.retries > 0;
        self.retries = self.retries.saturating_sub(1);
        left
    }

    /// When `who` asks again, among all that wait for `until`: never all at once, and each time in another order.
    pub fn retry_at(&self, until: Timestamp, who: &str) -> Timestamp {
        let width = match self.state {
            BreakerState::Open { .. } => self.span(None).max(SignedDuration::from_mins(1)),
            BreakerState::Closed | BreakerState::Probing { .. } => SignedDuration::from_mins(1),
            BreakerState::Recovering { .. } => SignedDuration::from_mins(3),
        };
        let seconds = width.as_secs().unsigned_abs().max(1);
        let place = draw(&[who, self.account.as_str(), &until.as_second().to_string()]) % seconds;
        later(until, SignedDuration::from_secs(i64::try_from(place).unwrap_or(0)))
    }

    pub fn is_down(&self) -> bool {
        matches!(self.state, BreakerState::Open { .. } | BreakerState::Probing { .. })
    }

    pub fn health(&self, now: Timestamp) -> Health {
        let mut present = self.clone();
        present.recover(now);
        match (present.state, present.since) {
            (BreakerState::Open { until } | BreakerState::Probing { until }, since) => {
                Health::Down { since: since.unwrap_or(until), next_try: until }
            }
            (BreakerState::Recovering { from, .. }, _) => Health::Recovering { since: from },
            (BreakerState::Closed, _) => Health::Works,
        }
    }

    /// Closes the breaker when the ramp of recovery is over and messages no longer use it up.
    fn recover(&mut self, now: Timestamp) {
        let BreakerState::Recovering { from, minute, taken } = self.state else { return };
        let present = minutes_between(from, now);
        let quiet = present > minute.saturating_add(1) || present > minute && taken < allowance(minute);
        if present >= RAMP_MINUTES && quiet {
            self.state = BreakerState::Closed;
            (self.openings, self.since) = (0, None);
        }
    }

    fn span(&self, an_hour: Option<u32>) -> SignedDuration {
        let (first, longest) = spans(an_hour);
        let doubled = u32::from(self.openings.saturating_sub(1)).min(10);
        first.saturating_mul(1 << doubled).min(longest)
    }

    /// The span, up to a fifth longer by account and opening, so that accounts of one provider are not probed together.
    fn stretched_span(&self, an_hour: Option<u32>) -> SignedDuration {
        let span = self.span(an_hour);
        let most = (span.as_secs() / 5).unsigned_abs().max(1);
        let more = draw(&[self.account.as_str(), &self.openings.to_string()]) % most;
        span + SignedDuration::from_secs(i64::try_from(more).unwrap_or(0))
    }
}

/// The first span and the longest. With few probes the first is so long that the spans after it, each twice
/// the one before, fill the hour.
fn spans(an_hour: Option<u32>) -> (SignedDuration, SignedDuration) {
    let tries = an_hour.map_or(MOST_TRIES, |calls| (calls / CALLS_PER_TRY).clamp(1, MOST_TRIES));
    if tries == MOST_TRIES {
        return (FIRST_SPAN, LONGEST_SPAN);
    }
    let first = HOUR.as_secs().unsigned_abs().div_ceil((2 << tries) - 1);
    let first = SignedDuration::from_secs(i64::try_from(first).unwrap_or(i64::MAX));
    let longest = if tries == 1 { HOUR } else { LONGEST_OF_FEW };
    (first.max(FIRST_SPAN), longest)
}

/// The most calls in a minute of recovery.
pub fn allowance(minute: u32) -> u32 {
    FIRST_MINUTE << minute.min(20)
}

fn minutes_between(from: Timestamp, now: Timestamp) -> u32 {
    u32::try_from(now.duration_since(from).as_secs() / 60).unwrap_or(0)
}

fn later(at: Timestamp, wait: SignedDuration) -> Timestamp {
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
