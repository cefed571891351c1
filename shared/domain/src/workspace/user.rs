//! A user who signs in, and what their role permits.

use crate::contact::email_address::EmailAddress;
use crate::ids::{SessionId, UserId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Roles in rising order of rights: a route open to one role is open to every higher one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    ReadOnly,
    Rep,
    Manager,
    Admin,
    Owner,
}

#[derive(Debug, Clone)]
pub struct User {
    pub id: UserId,
    pub workspace: WorkspaceId,
    pub email: EmailAddress,
    pub name: String,
    pub role: Role,
    /// The password's hash, Argon2id in PHC form.
    pub password_hash: String,
    /// Raised by each new password, and when a user ends their other sign-ins: sessions begun before are void.
    pub credentials: u32,
    pub created_at: Timestamp,
    pub disabled: bool,
    /// Whether an admin has switched off the user's own requests to language models.
    pub ai_off: bool,
    pub rev: u64,
}

/// A sign-in on one device: a family of refresh tokens of which only the newest is valid.
#[derive(Debug, Clone)]
pub struct Session {
    pub id: SessionId,
    pub workspace: WorkspaceId,
    pub user: UserId,
    /// SHA-256 of the newest refresh token.
    pub token_hash: String,
    /// The user's `credentials` when the session began.
    pub credentials: u32,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked: bool,
    pub rev: u64,
}
