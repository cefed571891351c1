//! The users that a login is, one in each of its workspaces.

use crate::ports::store::{StoreResult, found};
use crate::ports::users::UserStore;
use crate::retry;
use domain::event::Event;
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

/// The workspace would have no active owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastOwner;

/// Saves a changed user, while the workspace keeps an active owner. Two owners who go at the same moment are told apart: a
/// transaction checks that another one stays, and of two that name each other only one succeeds.
pub async fn save_member(
    users: &dyn UserStore,
    (before, user): (&User, &User),
    event: &Event,
) -> StoreResult<Result<u64, LastOwner>> {
    let is_active_owner = |user: &User| user.role == Role::Owner && !user.disabled;
    if !is_active_owner(before) || is_active_owner(user) {
        return users.save(user, event).await.map(Ok);
    }
    retry!(async {
        let team = users.list(&user.workspace).await?;
        let Some(stays) = team.iter().find(|other| other.id != user.id && is_active_owner(other)) else {
            return Ok(Err(LastOwner));
        };
        users.save_former_owner(user, stays, event).await.map(Ok)
    })
}
