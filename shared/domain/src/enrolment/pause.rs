//! Pauses that users set: of a workspace, campaign, account or lead, and until when by the workspace's clock.

use crate::ids::{AccountId, CampaignId};
use crate::time::time_zone::ZoneName;
use crate::time::wall_clock::first_instant;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// Something that resumes automatically when its pause is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "scope", content = "id")]
pub enum PausedScope {
    Workspace,
    Campaign(CampaignId),
    Account(AccountId),
}

/// The result of pausing or resuming a lead in one of its campaigns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MoveOutcome {
    Paused,
    /// The pause begins once the message under way is resolved, or the present hold is over.
    PauseWanted,
    GoesOn,
    /// The pause had not begun yet and was cancelled.
    WishTakenBack,
    /// Unchanged: the same pause was set before.
    AlreadyPaused,
    /// Unchanged: no user had paused it.
    NotPaused,
    /// Unchanged: it is held for another reason, which `hold_reason` names.
    HeldOtherwise,
    /// Unchanged, or ended now: there is nothing to pause or resume.
    Ended,
    /// Unchanged: other changes kept interfering. The same request may succeed later.
    Busy,
}

/// A message may still be claimed for so long after a pause.
pub const PAUSE_TAKES: SignedDuration = SignedDuration::from_secs(10);

/// The pause of an account: nothing goes out by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountPause {
    pub since: Timestamp,
    /// When it resumes automatically.
    pub until: Option<Timestamp>,
}

impl AccountPause {
    /// Whether the pause is so recent that a message about to be sent may still go out.
    pub fn is_pausing(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) < PAUSE_TAKES
    }
}

/// The text “ until …”, to follow the start of a pause; empty without an end.
pub fn ending(until: Option<Timestamp>) -> String {
    until.map_or_else(String::new, |until| format!(" until {until}"))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadUntil {
    #[error("must be a day or a time, such as 2026-12-01 or 2026-12-01T09:00")]
    Unreadable,
    #[error("is in the past")]
    Past,
    /// The hint that ends a pause must still be in the future when the pause is written, even if clocks differ.
    #[error("is less than ten minutes ahead")]
    TooSoon,
    #[error("is more than a year ahead")]
    TooFar,
}

const SOONEST: SignedDuration = SignedDuration::from_mins(10);

/// Reads the end of a pause. A day means its midnight; a time without an offset is read by the clock of `zone`.
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
