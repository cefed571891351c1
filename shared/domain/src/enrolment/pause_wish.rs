//! A pause that waits until the message under way is settled.

use crate::enrolment::reasons::HoldReason;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PauseWanted {
    pub until: Option<Timestamp>,
    /// What it is then held for: a user's pause, or another owner.
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
