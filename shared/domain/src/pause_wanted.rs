//! A pause that a person has asked for while a message was under way: it begins once that is settled.

use crate::enrolment::{Enrolment, HoldReason};
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

impl Enrolment {
    /// What a person has wished and is not over.
    pub fn wanted_pause(&self, now: Timestamp) -> Option<PauseWanted> {
        self.pause_wanted.filter(|wanted| wanted.until.is_none_or(|until| until > now))
    }
}
