//! New passwords: users change their own or reset it by a link that works once. A new password ends all earlier
//! sign-ins; a user may also end them and keep the password.

use crate::identity::one_time_token::{digest_of, new_token};
use crate::identity::passwords::hash_password;
use crate::ports::ids::Ids;
use crate::ports::store::{StoreError, StoreResult, found};
use crate::ports::users::UserStore;
use domain::event::{Actor, Event, EventKind};
use domain::workspace::invitation::PasswordReset;
use domain::workspace::user::User;
use domain::{UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// The link was used, has expired, was replaced, or never was one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadLink;

/// Makes the page's address. The token stands behind the `#`, which no server sees.
pub fn reset_link(public_url: &str, token: &str) -> String {
    format!("{public_url}/reset#token={token}")
}

/// Makes the token of a link by which this user chooses a new password. Several may be open; the first that is used
/// ends all.
pub async fn create_reset_token(
    users: &dyn UserStore,
    ids: &dyn Ids,
    user: &User,
    by: Actor,
    (now, lasts): (Timestamp, SignedDuration),
) -> StoreResult<String> {
    let token = new_token(&format!("{}.{}", user.workspace, user.id), ids);
    let reset = PasswordReset {
        workspace: user.workspace.clone(),
        user: user.id.clone(),
        token_hash: digest_of(&token),
        credentials: user.credentials,
        expires_at: now.checked_add(lasts).unwrap_or(now),
    };
    users.save_reset(&reset, &Event::new(EventKind::PasswordResetOffered, by, now)).await?;
    Ok(token)
}

/// Sets the new password by a link. All earlier sign-ins end.
pub async fn reset_password(
    users: &dyn UserStore,
    ids: &dyn Ids,
    (token, password): (&str, &str),
    now: Timestamp,
) -> StoreResult<Result<User, DeadLink>> {
    let mut parts = token.splitn(3, '.');
    let names = parts.next().zip(parts.next());
    let names = names.and_then(|(w, u)| WorkspaceId::parse(w).ok().zip(UserId::parse(u).ok()));
    let Some((workspace, user)) = names else { return Ok(Err(DeadLink)) };
    // The record is found by the digest of the whole token: nothing is left to compare.
    let Some(reset) = found(users.reset(&workspace, &user, &digest_of(token)).await)? else {
        return Ok(Err(DeadLink));
    };
    let Some(user) = found(users.get(&workspace, &user).await)? else { return Ok(Err(DeadLink)) };
    if reset.expires_at <= now || reset.credentials != user.credentials || user.disabled {
        return Ok(Err(DeadLink));
    }
    match set_password(users, ids, user, (password, now)).await {
        Ok(user) => Ok(Ok(user)),
        // The same link was used by another request at this very moment.
        Err(StoreError::Conflict) => Ok(Err(DeadLink)),
        Err(other) => Err(other),
    }
}

/// Sets a password under the user's revision. All earlier sign-ins and open links end.
pub async fn set_password(
    users: &dyn UserStore,
    ids: &dyn Ids,
    mut user: User,
    (password, now): (&str, Timestamp),
) -> StoreResult<User> {
    user.password_hash = hash_password(password, ids);
    next_credentials(users, user, EventKind::PasswordChanged, now).await
}

/// Ends all sign-ins of a user, on every device. The password stays, so the user may sign in again with it.
pub async fn end_sessions(users: &dyn UserStore, user: User, now: Timestamp) -> StoreResult<User> {
    next_credentials(users, user, EventKind::SessionsEnded, now).await
}

async fn next_credentials(
    users: &dyn UserStore,
    mut user: User,
    kind: EventKind,
    now: Timestamp,
) -> StoreResult<User> {
    user.credentials = user.credentials.wrapping_add(1);
    let event = Event::new(kind, Actor::User(user.id.clone()), now);
    user.rev = users.save(&user, &event).await?;
    Ok(user)
}
