//! The users that a login is, one in each of its workspaces.

use crate::ports::store::{StoreResult, found};
use crate::ports::users::UserStore;
use domain::workspace::login::Login;
use domain::workspace::user::{Role, User};

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

/// Counts the workspaces that have not deactivated the login's user.
pub async fn count_open_workspaces(users: &dyn UserStore, login: &Login) -> StoreResult<usize> {
    let mut open = 0;
    for membership in &login.memberships {
        let user = found(users.get(&membership.workspace, &membership.user).await)?;
        open += usize::from(user.is_some_and(|user| !user.disabled));
    }
    Ok(open)
}

/// Tells whether the workspace would have no active owner without this user.
pub async fn is_last_owner(users: &dyn UserStore, user: &User) -> StoreResult<bool> {
    if user.role != Role::Owner {
        return Ok(false);
    }
    let team = users.list(&user.workspace).await?;
    Ok(!team.iter().any(|other| other.role == Role::Owner && !other.disabled && other.id != user.id))
}
