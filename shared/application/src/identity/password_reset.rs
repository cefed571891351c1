//! New passwords: users change their own or reset it by a link that works once. A new password ends all earlier
//! sessions; a user may also end them and keep the password.

use crate::identity::memberships::still_offers;
use crate::identity::one_time_token::{digest_of, new_token};
use crate::identity::passwords::hash_password;
use crate::ports::ids::Ids;
use crate::ports::logins::LoginStore;
use crate::ports::sign_up_rule::SignUpRule;
use crate::ports::store::{StoreError, StoreResult, found};
use crate::ports::users::UserStore;
use domain::event::{Actor, Event, EventKind};
use domain::workspace::identity::Identity;
use domain::workspace::invitation::{LinkDelivery, PasswordReset};
use domain::workspace::login::{AddressProof, Login};
use domain::workspace::user::User;
use domain::{UserId, WorkspaceId};
use jiff::Timestamp;

/// The link was used, has expired, was replaced, or never was one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadLink;

/// Makes the page's address. The token stands behind the `#`, which no server sees.
pub fn reset_link(public_url: &str, token: &str) -> String {
    format!("{public_url}/reset#token={token}")
}

/// Makes the token of a link by which this user chooses a new password. Several may be open; the first that is used
/// ends all. A link that an admin makes counts while they stay one.
pub async fn create_reset_token(
    users: &dyn UserStore,
    ids: &dyn Ids,
    (login, user): (&Login, &User),
    by: Actor,
    (delivery, now): (LinkDelivery, Timestamp),
) -> StoreResult<String> {
    let token = new_token(&format!("{}.{}", user.workspace, user.id), ids);
    let maker = match &by {
        Actor::User(maker) => Some(users.get(&user.workspace, maker).await?),
        _ => None,
    };
    let reset = PasswordReset {
        workspace: user.workspace.clone(),
        user: user.id.clone(),
        token_hash: digest_of(&token),
        credentials: login.credentials,
        offers_ended: maker.as_ref().map(|maker| maker.offers_ended),
        made_by: maker.map(|maker| maker.id),
        delivery,
        expires_at: now.checked_add(delivery.lasts()).unwrap_or(now),
    };
    users.save_reset(&reset, &Event::new(EventKind::PasswordResetOffered, by, now)).await?;
    Ok(token)
}

/// Sets the new password by a link. All earlier sessions end. A login that has a password loses its accounts at providers:
/// whoever knew the password may have connected one of their own. Where a mailed link proves the address for the first time,
/// whoever signed in before may have been somebody else: passkeys, authenticator app and recovery codes go, too.
pub async fn reset_password(
    (logins, users, rule): (&dyn LoginStore, &dyn UserStore, SignUpRule),
    ids: &dyn Ids,
    (token, password): (&str, &str),
    now: Timestamp,
) -> StoreResult<Result<(Login, User), DeadLink>> {
    let mut parts = token.splitn(3, '.');
    let names = parts.next().zip(parts.next());
    let names = names.and_then(|(w, u)| WorkspaceId::parse(w).ok().zip(UserId::parse(u).ok()));
    let Some((workspace, user)) = names else { return Ok(Err(DeadLink)) };
    // The record is found by the digest of the whole token: nothing is left to compare.
    let Some(reset) = found(users.reset(&workspace, &user, &digest_of(token)).await)? else {
        return Ok(Err(DeadLink));
    };
    let Some(user) = found(users.get(&workspace, &user).await)? else { return Ok(Err(DeadLink)) };
    let Some(login) = found(logins.login(&user.login).await)? else { return Ok(Err(DeadLink)) };
    if reset.expires_at <= now || reset.credentials != login.credentials || user.disabled {
        return Ok(Err(DeadLink));
    }
    if let Some(maker) = &reset.made_by
        && !still_offers(users, (&workspace, maker), (user.role, reset.offers_ended)).await?
    {
        return Ok(Err(DeadLink));
    }
    let is_first_proof =
        reset.delivery == LinkDelivery::Mailed && !login.has_proven_address(rule == SignUpRule::Open);
    match set_by_link(logins, ids, (login, user), (password, is_first_proof, now)).await {
        Ok(changed) => Ok(Ok(changed)),
        // The same link was used by another request at this very moment.
        Err(StoreError::Conflict) => Ok(Err(DeadLink)),
        Err(other) => Err(other),
    }
}

async fn set_by_link(
    logins: &dyn LoginStore,
    ids: &dyn Ids,
    (mut login, user): (Login, User),
    (password, is_first_proof, now): (&str, bool, Timestamp),
) -> StoreResult<(Login, User)> {
    let may_be_anothers = is_first_proof || !login.password_hash.is_empty();
    let dropped = if may_be_anothers { std::mem::take(&mut login.identities) } else { Vec::new() };
    if is_first_proof {
        login.address = AddressProof::Proven;
        login.passkeys.clear();
        login.authenticator = None;
        login.recovery_codes.clear();
    }
    login.password_hash = hash_password(password, ids);
    next_credentials(logins, (login, user), &dropped, (EventKind::PasswordChanged, now)).await
}

/// Sets a password under the login's revision. All earlier sessions and open links end, in every workspace of the login;
/// the workspace of this user is told.
pub async fn set_password(
    logins: &dyn LoginStore,
    ids: &dyn Ids,
    (mut login, user): (Login, User),
    (password, now): (&str, Timestamp),
) -> StoreResult<(Login, User)> {
    login.password_hash = hash_password(password, ids);
    next_credentials(logins, (login, user), &[], (EventKind::PasswordChanged, now)).await
}

/// Ends all sessions of a login, on every device. The password stays, so the person may sign in again with it.
pub async fn end_sessions(
    logins: &dyn LoginStore,
    of: (Login, User),
    now: Timestamp,
) -> StoreResult<(Login, User)> {
    next_credentials(logins, of, &[], (EventKind::SessionsEnded, now)).await
}

async fn next_credentials(
    logins: &dyn LoginStore,
    (mut login, mut user): (Login, User),
    dropped: &[Identity],
    (kind, now): (EventKind, Timestamp),
) -> StoreResult<(Login, User)> {
    login.credentials = login.credentials.wrapping_add(1);
    let event = Event::new(kind, Actor::User(user.id.clone()), now);
    logins.disconnect(&login, &user, dropped, &event).await?;
    (login.rev, user.rev) = (login.rev + 1, user.rev + 1);
    Ok((login, user))
}
