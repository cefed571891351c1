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
