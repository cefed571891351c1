//! Whether an account at a provider is called at all. After failures in a row it is left alone for spans that grow; then
//! one call tries whether it is back, and what has waited is let out by the minute, each minute twice as much as before. An
//! hour of an outage costs no more tries than a hundredth of what the account may send in it, and at least one.

use crate::ids::{ConnectionId, WorkspaceId};
use crate::stable_hash::draw;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub const OPENS_AFTER: u8 = 5;
/// While it is only just back.
pub const REOPENS_AFTER: u8 = 2;
/// A failure that lies back longer than this is not in a row with the next.
const IN_A_ROW: SignedDuration = SignedDuration::from_mins(10);
const FIRST_SPAN: SignedDuration = SignedDuration::from_secs(30);
pub const LONGEST_SPAN: SignedDuration = SignedDuration::from_mins(10);
/// Tries in the first hour of an outage, by these spans.
pub const MOST_TRIES: u32 = 9;
/// Of an account that sends less: a try is at most so much of what it may send in an hour.
const CALLS_PER_TRY: u32 = 100;
const LONGEST_OF_FEW: SignedDuration = SignedDuration::from_mins(40);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// Nobody else tries meanwhile; as long as a claim lasts.
pub const PROBE_LASTS: SignedDuration = SignedDuration::from_secs(120);
pub const RAMP_MINUTES: u32 = 5;
/// Calls of the first minute after it is back.
pub const FIRST_MINUTE: u32 = 10;
/// Repeats within seconds, of all messages of the account together: a tenth of what it takes.
pub const MOST_RETRIES: u8 = 10;
const CALLS_PER_RETRY: u64 = 10;

/// Of one account of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker {
    pub workspace: WorkspaceId,
    pub connection: ConnectionId,
    pub state: BreakerState,
    /// In a row, the latest at `failed_at`.
    pub failures: u8,
    pub failed_at: Option<Timestamp>,
    /// Quick repeats that are left.
    pub retries: u8,
    /// How often it opened since all was well.
    pub openings: u8,
    /// Since when it is down, or only just back.
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
    /// One call is under way to see whether it is back. After `until` its outcome will never be told.
    Probing {
        until: Timestamp,
    },
    /// Back since `from`; `taken` calls belong to the latest `minute` in which there were any.
    Recovering {
        from: Timestamp,
        minute: u32,
        taken: u32,
    },
}

/// What one who wants to call is told. All but `Free` and `Wait` must be stored before the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    Free,
    Probe,
    /// So many calls before `until`.
    Ration {
        calls: u32,
        until: Timestamp,
    },
    Wait {
        until: Timestamp,
    },
}

/// What a person is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Works,
    /// Called again at `next_try`, if anything is to be sent.
    Down {
        since: Timestamp,
        next_try: Timestamp,
    },
    Recovering {
        since: Timestamp,
    },
}

impl Breaker {
    pub fn closed(workspace: WorkspaceId, connection: ConnectionId) -> Self {
        Self {
            workspace,
            connection,
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

    /// The provider answered, whatever it said of the message. Says whether there is anything to store.
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
                // Every so many calls give back one retry; an id tells which, so that the others write nothing.
                if self.retries < MOST_RETRIES && draw(&[what]).is_multiple_of(CALLS_PER_RETRY) {
                    self.retries += 1;
                }
            }
        }
        self.failures != before.failures || self.retries != before.retries || self.state_differs(&before)
    }

    /// Who recovers lazily need not be stored for that alone.
    fn state_differs(&self, before: &Self) -> bool {
        matches!(before.state, BreakerState::Probing { .. }) && self.state != before.state
    }

    /// The provider took nothing, and would have taken no other message either; `after` is what it asks for, `an_hour` what the
    /// account may send, if anything limits it.
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
            // Begun before it opened: known already.
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

    /// Whether a message may be repeated within seconds; it is counted.
    pub fn spend_retry(&mut self) -> bool {
        let left = self.retries > 0;
        self.retries = self.retries.saturating_sub(1);
        left
    }

    /// When `who` looks again, of many who wait for `until`: never all at once, and each time in another order.
    pub fn rejoin(&self, until: Timestamp, who: &str) -> Timestamp {
        let width = match self.state {
            BreakerState::Open { .. } => self.span(None).max(SignedDuration::from_mins(1)),
            BreakerState::Closed | BreakerState::Probing { .. } => SignedDuration::from_mins(1),
            BreakerState::Recovering { .. } => SignedDuration::from_mins(3),
        };
        let seconds = width.as_secs().unsigned_abs().max(1);
        let place = draw(&[who, self.connection.as_str(), &until.as_second().to_string()]) % seconds;
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

    /// The ramp has been walked and what waits no longer fills it.
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

    /// Up to a fifth longer, by account and opening, so that accounts of one provider do not come back together.
    fn stretched_span(&self, an_hour: Option<u32>) -> SignedDuration {
        let span = self.span(an_hour);
        let most = (span.as_secs() / 5).unsigned_abs().max(1);
        let more = draw(&[self.connection.as_str(), &self.openings.to_string()]) % most;
        span + SignedDuration::from_secs(i64::try_from(more).unwrap_or(0))
    }
}

/// The first span and the longest. With few tries the first is so long that the spans behind it, each twice the one before,
/// fill the hour.
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

/// The most calls of a minute of recovery.
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
