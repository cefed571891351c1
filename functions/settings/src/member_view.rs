//! A user of the workspace as the API shows it.

use domain::UserId;
use domain::contact::email_address::EmailAddress;
use domain::workspace::user::{Role, User};
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MemberView {
    pub id: UserId,
    pub email: EmailAddress,
    pub name: String,
    pub role: Role,
    pub disabled: bool,
    /// Whether the user's own requests to language models are switched off.
    pub ai_off: bool,
    pub created_at: Timestamp,
}

impl From<User> for MemberView {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            email: user.email,
            name: user.name,
            role: user.role,
            disabled: user.disabled,
            ai_off: user.ai_off,
            created_at: user.created_at,
        }
    }
}
