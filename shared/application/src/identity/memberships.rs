//! The users that a login is, one in each of its workspaces.

use crate::ports::store::{StoreResult, found};
use crate::ports::users::UserStore;
use domain::workspace::login::Login;
use domain::workspace::user::User;

/// Returns the login's user in the workspace used last, among those that have not deactivated them.
pub async fn active_user(users: &dyn UserStore, login: &Login) -> StoreResult<Option<User>> {
    for membership in &login.memberships {
        match found(users.get(&membership.workspace, &membership.user).await)? {
            Some(user) if !user.disabled => return Ok(Some(user)),
            _ => {}
        }
    }
    Ok(None)
}
