//! Invitations and password resets: digests of links that work once; the items expire with them.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{self, Key, Tenant};
use domain::contact::email_address::EmailAddress;
use domain::workspace::invitation::{Invitation, LinkDelivery, PasswordReset};
use domain::workspace::user::Role;
use domain::{InvitationId, UserId, WorkspaceId};
use jiff::Timestamp;

plain_item! { InvitationItem of Invitation, rev, {
    id: InvitationId,
    workspace: WorkspaceId,
    email: EmailAddress,
    name: String,
    role: Role,
    invited_by: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offers_ended: Option<u32>,
    token_hash: String,
    created_at: Timestamp,
    expires_at: Timestamp,
} }

impl Stored for Invitation {
    const ENTITY: &'static str = "invitation";
    type Scope = Tenant;
    type Body = InvitationItem;

    fn key(&self) -> Key<Tenant> {
        keys::invitation(&self.workspace, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
    fn body(&self, _rev: u64) -> InvitationItem {
        InvitationItem::of(self)
    }
    fn from_body(body: InvitationItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}

plain_item! { ResetItem of PasswordReset, {
    workspace: WorkspaceId,
    user: UserId,
    token_hash: String,
    credentials: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    made_by: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offers_ended: Option<u32>,
    #[serde(default)]
    delivery: LinkDelivery,
    expires_at: Timestamp,
} }

impl Stored for PasswordReset {
    const ENTITY: &'static str = "password_reset";
    type Scope = Tenant;
    type Body = ResetItem;

    fn key(&self) -> Key<Tenant> {
        keys::password_reset(&self.workspace, &self.user, &self.token_hash)
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
    fn body(&self, _rev: u64) -> ResetItem {
        ResetItem::of(self)
    }
    fn from_body(body: ResetItem, _head: &Head) -> Result<Self, String> {
        Ok(body.into_entity())
    }
}
