//! A user of the workspace as the API shows it.

use crate::App;
use application::ports::store::found;
use domain::UserId;
use domain::contact::email_address::EmailAddress;
use domain::workspace::user::{Role, User};
use futures::future::try_join_all;
use http_api::{ApiResult, Caller, utoipa};
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
    /// Whether the user's login has a second factor; admins read it.
    pub second_factor: Option<bool>,
    pub created_at: Timestamp,
}

impl App {
    /// Shows users to this caller.
    pub async fn members(&self, caller: &Caller, users: Vec<User>) -> ApiResult<Vec<MemberView>> {
        let is_admin = caller.signed_in().is_ok_and(|by| by.role >= Role::Admin);
        let shown = users.into_iter().map(|user| async move {
            let login = if is_admin { found(self.logins.login(&user.login).await)? } else { None };
            Ok(MemberView::of(user, login.map(|login| login.has_second_factor())))
        });
        try_join_all(shown).await
    }
}

impl MemberView {
    fn of(user: User, second_factor: Option<bool>) -> Self {
        Self {
            id: user.id,
            email: user.email,
            name: user.name,
            role: user.role,
            disabled: user.disabled,
            ai_off: user.ai_off,
            second_factor,
            created_at: user.created_at,
        }
    }
}
