//! A user of a workspace, and what their role permits.

use crate::contact::email_address::EmailAddress;
use crate::contact::phone_number::PhoneNumber;
use crate::ids::{LoginId, UserId, WorkspaceId};
use crate::workspace::own_phone::PhoneProof;
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
    /// What the person signs in with.
    pub login: LoginId,
    /// The login's address.
    pub email: EmailAddress,
    pub name: String,
    pub role: Role,
    pub created_at: Timestamp,
    pub disabled: bool,
    /// Whether an admin has switched off the user's own requests to language models.
    pub ai_off: bool,
    /// The number of the user's own phone, which rings when they call a lead once it is proven.
    pub phone: Option<PhoneNumber>,
    pub phone_proof: PhoneProof,
    pub rev: u64,
}

impl User {
    /// Takes the user out of the workspace. Should they come back, they confirm their phone anew: the number may be somebody
    /// else's by then.
    pub fn disable(&mut self) {
        self.disabled = true;
        self.remove_phone();
    }
}
