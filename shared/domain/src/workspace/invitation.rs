//! Links that work once: invitations to a team, and password resets.

use crate::contact::email_address::EmailAddress;
use crate::ids::{InvitationId, UserId, WorkspaceId};
use crate::workspace::user::Role;
use jiff::{SignedDuration, Timestamp};

/// How long an invitation can be accepted.
pub const INVITATION_LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a password link is valid that was mailed on request.
pub const RESET_LASTS: SignedDuration = SignedDuration::from_hours(1);
/// How long a link is valid that an admin or the operator hands over.
pub const HANDED_OVER_LASTS: SignedDuration = SignedDuration::from_hours(24);

#[derive(Debug, Clone)]
pub struct Invitation {
    pub id: InvitationId,
    pub workspace: WorkspaceId,
    pub email: EmailAddress,
    /// The name that the inviting user gave; the invited person may choose another.
    pub name: String,
    pub role: Role,
    /// The admin who made the newest link.
    pub invited_by: UserId,
    /// That admin's `offers_ended` when the link was made; not known of an older one.
    pub offers_ended: Option<u32>,
    /// SHA-256 of the newest link's token; earlier links are void.
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
    /// The login's `credentials` when the link was made. A new password since, by this link or otherwise, or a workspace that was joined, makes it void.
    pub credentials: u32,
    /// The admin who made the link; none of one that was mailed, or that the operator made.
    pub made_by: Option<UserId>,
    /// That admin's `offers_ended` when the link was made.
    pub offers_ended: Option<u32>,
    pub expires_at: Timestamp,
}
