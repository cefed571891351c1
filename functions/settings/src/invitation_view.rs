//! An invitation as the API shows it. Its link is returned only to the user who creates it, once.

use domain::contact::email_address::EmailAddress;
use domain::workspace::invitation::Invitation;
use domain::workspace::user::Role;
use domain::{InvitationId, UserId};
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct InvitationView {
    pub id: InvitationId,
    pub email: EmailAddress,
    pub name: String,
    pub role: Role,
    pub invited_by: UserId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// Whether the link works no more, because the admin who made it was deactivated, left or lost the role. Sending the
    /// invitation again makes another link.
    pub ended: bool,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OfferedInvitation {
    #[serde(flatten)]
    pub invitation: InvitationView,
    /// The link works once, for whoever has it.
    pub link: String,
    /// Whether the link was also mailed.
    pub mailed: bool,
    pub not_mailed_because: Option<NotMailed>,
}

/// Why an invitation was not mailed. Its link is there to be handed over all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotMailed {
    /// The installation has no sender of its own.
    NoSender,
    /// The inviting user has not proven their own address: mail to others goes out in the name of somebody who is known.
    AddressNotProven,
}

impl From<Invitation> for InvitationView {
    fn from(invitation: Invitation) -> Self {
        Self {
            id: invitation.id,
            email: invitation.email,
            name: invitation.name,
            role: invitation.role,
            invited_by: invitation.invited_by,
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
            ended: false,
        }
    }
}
