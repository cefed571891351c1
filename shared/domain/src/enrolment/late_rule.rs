//! The late rule: a workspace's setting for late messages, and a user's answer for a campaign.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The handling of a late message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WhenLate {
    /// The message is held for a user to decide.
    #[default]
    Hold,
    /// The message goes out all the same.
    Send,
    /// The step is skipped; the next one's delay starts now.
    Skip,
}

impl WhenLate {
    pub fn is_hold(&self) -> bool {
        *self == Self::Hold
    }
}

/// A user's answer for every late message of a campaign that was planned before a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LateAnswer {
    pub planned_before: Timestamp,
    pub then: WhenLate,
}
