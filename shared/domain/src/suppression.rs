//! Whom we must not write to, and why.

use crate::ids::{UserId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    pub workspace: WorkspaceId,
    pub scope: SuppressionScope,
    pub reason: SuppressionReason,
    /// Id of the message or event that caused it.
    pub source: Option<String>,
    pub created_by: Option<UserId>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

/// Values are normalised: lower-case address, ASCII domain, E.164.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "scope", content = "value")]
pub enum SuppressionScope {
    Email(String),
    Domain(String),
    Phone(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SuppressionReason {
    OptedOut,
    HardBounce,
    Complaint,
    Manual,
}

impl SuppressionReason {
    pub const ALL: [Self; 4] = [Self::OptedOut, Self::HardBounce, Self::Complaint, Self::Manual];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::OptedOut => "opted_out",
            Self::HardBounce => "hard_bounce",
            Self::Complaint => "complaint",
            Self::Manual => "manual",
        }
    }

    /// What the person asked for weighs more than what somebody noted here, and that more than an address that is dead.
    pub fn weight(self) -> u8 {
        match self {
            Self::HardBounce => 0,
            Self::Manual => 1,
            Self::Complaint | Self::OptedOut => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_spelled_as_they_are_stored() {
        for reason in SuppressionReason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        }
    }
}
