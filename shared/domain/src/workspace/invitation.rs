//! Links that work once: a place in a team that is offered to somebody, and a new password for who has lost theirs.

use crate::contact::email_address::EmailAddress;
use crate::ids::{InvitationId, UserId, WorkspaceId};
use crate::workspace::user::Role;
use jiff::{SignedDuration, Timestamp};

/// How long somebody may take to come in.
pub const INVITATION_LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Of a link that was mailed to who asked for it.
pub const RESET_LASTS: SignedDuration = SignedDuration::from_hours(1);
/// Of a link that an admin or the operator hands over.
pub const HANDED_OVER_LASTS: SignedDuration = SignedDuration::from_hours(24);

#[derive(Debug, Clone)]
pub struct Invitation {
    pub id: InvitationId,
    pub workspace: WorkspaceId,
    pub email: EmailAddress,
    /// As the one who invites calls them; they may say otherwise.
    pub name: String,
    pub role: Role,
    pub invited_by: UserId,
    /// SHA-256 of the newest link's token: an earlier link is dead.
    pub token_hash: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub rev: u64,
}

#[derive(Debug, Clone)]
pub struct PasswordReset {
    pub workspace: WorkspaceId,
    pub user: UserId,
    /// SHA-256 of the link's token.
    pub token_hash: String,
    /// The user's when the link was made. A password that was changed since, by this link or otherwise, leaves it dead.
    pub credentials: u32,
    pub expires_at: Timestamp,
}
