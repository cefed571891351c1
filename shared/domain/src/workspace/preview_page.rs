//! A lead's own preview page: its address cannot be guessed, can be revoked, and expires.

use crate::ids::{LeadId, WorkspaceId};
use jiff::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewPage {
    /// The token: 128 random bits, base64url.
    pub token: String,
    pub workspace: WorkspaceId,
    pub lead: LeadId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked: bool,
}

impl PreviewPage {
    /// Whether it is neither expired nor revoked.
    pub fn is_open(&self, now: Timestamp) -> bool {
        !self.revoked && now < self.expires_at
    }
}
