//! What becomes of a message that is late: the rule of a workspace, and a person's answer for a campaign.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What becomes of a message that is late.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WhenLate {
    /// Waits for a person's answer.
    #[default]
    Hold,
    /// Goes out all the same.
    Send,
    /// The step is left out; the next one's delay starts now.
    Skip,
}

impl WhenLate {
    pub fn is_hold(&self) -> bool {
        *self == Self::Hold
    }
}

/// A person's answer for all of a campaign whose step was to be done before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LateAnswer {
    pub planned_before: Timestamp,
    pub then: WhenLate,
}
