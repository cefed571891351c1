//! Links that work once: invitations to a team, and password resets.

use crate::contact::email_address::EmailAddress;
use crate::ids::{InvitationId, UserId, WorkspaceId};
use crate::workspace::user::Role;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long an invitation can be accepted.
pub const INVITATION_LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);

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
    /// The admin's `offers_ended` when the link was made; not known of an older one.
    pub offers_ended: Option<u32>,
    /// SHA-256 of the newest link's token; earlier links are void.
    pub token_hash: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub rev: u64,
}

/// How a link to a new password gets to the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkDelivery {
    /// Only the reader of the mailbox has seen it.
    Mailed,
    /// An admin or the operator has seen it and hands it over.
    #[default]
    HandedOver,
}

impl LinkDelivery {
    pub fn lasts(self) -> SignedDuration {
        match self {
            Self::Mailed => SignedDuration::from_hours(1),
            Self::HandedOver => SignedDuration::from_hours(24),
        }
    }
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
    /// The admin's `offers_ended` when the link was made.
    pub offers_ended: Option<u32>,
    pub delivery: LinkDelivery,
    pub expires_at: Timestamp,
}
