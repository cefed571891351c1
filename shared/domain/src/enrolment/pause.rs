//! Until when a person has something wait, by the workspace's clock; and what it is that waits.

use crate::ids::{CampaignId, ConnectionId};
use crate::time::time_zone::ZoneName;
use crate::time::wall_clock::first_instant;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// What goes on by itself when its pause is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "scope", content = "id")]
pub enum PausedScope {
    Workspace,
    Campaign(CampaignId),
    Account(ConnectionId),
}

/// What came of pausing one lead, or of letting it go on, in one of its campaigns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MoveOutcome {
    Paused,
    /// It begins once the message that is under way is settled, or what keeps it now is over.
    PauseWanted,
    GoesOn,
    /// The pause had not begun.
    WishTakenBack,
    /// Left as it was: paused just so before.
    AlreadyPaused,
    /// Left as it was: nobody had paused it.
    NotPaused,
    /// Left as it was: no person has paused it, and `hold_reason` says what it waits for.
    HeldOtherwise,
    /// Left as it was, or over now: nothing is left to do.
    Ended,
    /// Left as it was: others keep changing it. The same request again may do it.
    Busy,
}

/// So long after a pause a message may still be claimed.
pub const PAUSE_TAKES: SignedDuration = SignedDuration::from_secs(10);

/// An account that nothing goes out by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountPause {
    pub since: Timestamp,
    /// It goes on by itself then.
    pub until: Option<Timestamp>,
}

impl AccountPause {
    /// What was about to be sent may still go out.
    pub fn is_pausing(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) < PAUSE_TAKES
    }
}

/// “ until …”, behind since when.
pub fn ending(until: Option<Timestamp>) -> String {
    until.map_or_else(String::new, |until| format!(" until {until}"))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadUntil {
    #[error("is no day and no time, such as 2026-12-01 or 2026-12-01T09:00")]
    Unreadable,
    #[error("is over already")]
    Past,
    /// The hint that ends it must outlive whoever writes the pause, by whatever clock.
    #[error("is less than ten minutes ahead")]
    TooSoon,
    #[error("is more than a year ahead")]
    TooFar,
}

const SOONEST: SignedDuration = SignedDuration::from_mins(10);

/// A day begins at its midnight. What names no offset is read by the clock of `zone`.
pub fn read_until(text: &str, zone: &ZoneName, now: Timestamp) -> Result<Timestamp, BadUntil> {
    let (text, zone) = (text.trim(), zone.zone());
    let by_clock = || text.parse::<DateTime>().ok().and_then(|clock| first_instant(&zone, clock));
    let until = text.parse::<Timestamp>().ok().or_else(by_clock).ok_or(BadUntil::Unreadable)?;
    if until <= now {
        return Err(BadUntil::Past);
    }
    if until.duration_since(now) < SOONEST {
        return Err(BadUntil::TooSoon);
    }
    let furthest = now.to_zoned(zone.clone()).checked_add(1.year());
    if furthest.is_ok_and(|furthest| until > furthest.timestamp()) {
        return Err(BadUntil::TooFar);
    }
    Ok(until)
}

#[cfg(test)]
mod tests;
