//! The users that a login is, one in each of its workspaces, and how they are saved.
//!
//! `save_member` is the only way in which a role changes and a user is disabled, leaves or comes back. With it ends what the
//! user's access has made: their sessions, their API keys, their invitations and the reset links that they handed over.

use crate::identity::api_keys::{KeysOfLeaver, settle_keys_of};
use crate::identity::sessions;
use crate::ports::api_keys::ApiKeyStore;
use crate::ports::logins::LoginStore;
use crate::ports::store::{StoreResult, found};
use crate::ports::users::UserStore;
use crate::retry;
use domain::event::Event;
use domain::workspace::login::Login;
use domain::workspace::user::{Role, User};
use domain::{UserId, WorkspaceId};

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

/// Tells whether a link that a user made still counts: they may let somebody in with this role, and have not lost that since.
pub(super) async fn still_offers(
    users: &dyn UserStore,
    (workspace, maker): (&WorkspaceId, &UserId),
    (role, under): (Role, Option<u32>),
) -> StoreResult<bool> {
    let maker = found(users.get(workspace, maker).await)?;
    Ok(maker.is_some_and(|maker| maker.still_offers(role, under)))
}

/// The workspace would have no active owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastOwner;

/// What holds a member's access.
#[derive(Clone, Copy)]
pub struct MemberStores<'a> {
    pub users: &'a dyn UserStore,
    pub logins: &'a dyn LoginStore,
    pub api_keys: &'a dyn ApiKeyStore,
}

/// Saves a changed user, while the workspace keeps an active owner, and ends what access they lose has made.
///
/// - The sessions of a user who is disabled show nothing; they are closed before the user comes back, who signs in anew.
/// - The API keys of a user who is disabled, or no admin any more, are revoked or handed over: before the user is saved, so
///   that a failure leaves none behind, and once more afterwards, for those that were made meanwhile.
/// - Invitations and reset links count no more from the moment in which the user is saved: whoever opens one is refused
///   (`still_offers`).
///
/// Two owners who go at the same moment are told apart: a transaction checks that another one stays, and of two that name each
/// other only one succeeds.
pub async fn save_member(
    stores: MemberStores<'_>,
    (before, user): (&User, &User),
    become_of: KeysOfLeaver<'_>,
    event: &Event,
) -> StoreResult<Result<u64, LastOwner>> {
    let MemberStores { users, logins, api_keys } = stores;
    let mut user = user.clone();
    user.end_offers_of_lost_access(before);
    let steps_down = is_active_owner(before) && !is_active_owner(&user);
    if steps_down && other_owner(users, &user).await?.is_none() {
        return Ok(Err(LastOwner));
    }
    if before.disabled && !user.disabled {
        close_sessions(logins, &user).await?;
    }
    let is_other = (before.role, before.disabled) != (user.role, user.disabled);
    // Also where the user was disabled before: keys may be left of a time in which they were not settled.
    let loses_keys = !user.administers() && (is_other || user.disabled);
    let settle = async || match loses_keys {
        true => {
            let by = (event.actor.clone(), event.at);
            settle_keys_of(api_keys, (&user.workspace, &user.id), become_of, by).await
        }
        false => Ok(()),
    };
    settle().await?;
    let saved = match steps_down {
        false => Ok(users.save(&user, event).await?),
        true => retry!(async {
            let Some(stays) = other_owner(users, &user).await? else { return Ok(Err(LastOwner)) };
            users.save_former_owner(&user, &stays, event).await.map(Ok)
        })?,
    };
    settle().await?;
    Ok(saved)
}

fn is_active_owner(user: &User) -> bool {
    user.role == Role::Owner && !user.disabled
}

async fn other_owner(users: &dyn UserStore, user: &User) -> StoreResult<Option<User>> {
    let team = users.list(&user.workspace).await?;
    Ok(team.into_iter().find(|other| other.id != user.id && is_active_owner(other)))
}

/// Closes the user's sessions of before: a thief may hold one of them.
async fn close_sessions(logins: &dyn LoginStore, user: &User) -> StoreResult<()> {
    for session in logins.sessions(&user.login).await? {
        if session.user == user.id && !session.revoked {
            sessions::close(logins, (&session.login, &session.id)).await?;
        }
    }
    Ok(())
}
