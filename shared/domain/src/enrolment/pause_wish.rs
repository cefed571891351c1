//! A pause that begins once the message under way is resolved.

use crate::enrolment::reasons::HoldReason;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PauseWanted {
    pub until: Option<Timestamp>,
    /// The reason of the hold that will begin: a user's pause, or a new owner.
    #[serde(default = "paused_by_user", skip_serializing_if = "is_pause_by_user")]
    pub reason: HoldReason,
}

impl PauseWanted {
    pub fn by_user(until: Option<Timestamp>) -> Self {
        Self { until, reason: HoldReason::PausedByUser }
    }
}

fn paused_by_user() -> HoldReason {
    HoldReason::PausedByUser
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_pause_by_user(reason: &HoldReason) -> bool {
    *reason == HoldReason::PausedByUser
}
