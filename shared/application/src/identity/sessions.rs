//! Sign-ins: a refresh token works once; using an old one again ends the whole sign-in.

use crate::identity::one_time_token::{digest_of, new_token};
use crate::ports::ids::Ids;
use crate::ports::store::{StoreError, StoreResult, found};
use crate::ports::users::UserStore;
use crate::retry;
use domain::SessionId;
use domain::workspace::user::{Session, User};
use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;

/// The longest life of a sign-in, however often it is refreshed.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 30);

/// The token that the user's device keeps: `session_….secret`, 256 unpredictable bits.
pub struct RefreshToken(pub String);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    Unknown,
    Expired,
    /// The user signed out, or the sign-in was ended.
    Ended,
    /// The token was used before, so it may be stolen: the session is ended for every holder of the token.
    Reused,
}

/// Starts a new sign-in on one device.
pub async fn open(
    users: &dyn UserStore,
    ids: &dyn Ids,
    user: &User,
    now: Timestamp,
) -> StoreResult<(Session, RefreshToken)> {
    let id = SessionId::new(ids.next());
    let token = RefreshToken(new_token(id.as_str(), ids));
    let mut session = Session {
        id,
        workspace: user.workspace.clone(),
        user: user.id.clone(),
        token_hash: digest_of(&token.0),
        credentials: user.credentials,
        created_at: now,
        expires_at: now.checked_add(LONGEST).unwrap_or(now),
        revoked: false,
        rev: 0,
    };
    session.rev = users.save_session(&session).await?;
    Ok((session, token))
}

/// Uses up a token and returns the next one.
pub async fn refresh(
    users: &dyn UserStore,
    ids: &dyn Ids,
    token: &str,
    now: Timestamp,
) -> StoreResult<Result<(Session, RefreshToken), Refusal>> {
    let Some(id) = token.split_once('.').and_then(|(id, _)| SessionId::parse(id).ok()) else {
        return Ok(Err(Refusal::Unknown));
    };
    let Some(mut session) = found(users.session(&id).await)? else { return Ok(Err(Refusal::Unknown)) };
    if session.revoked {
        return Ok(Err(Refusal::Ended));
    }
    if session.expires_at <= now {
        return Ok(Err(Refusal::Expired));
    }
    if !bool::from(digest_of(token).as_bytes().ct_eq(session.token_hash.as_bytes())) {
        close(users, &id).await?;
        return Ok(Err(Refusal::Reused));
    }
    let next = RefreshToken(new_token(id.as_str(), ids));
    session.token_hash = digest_of(&next.0);
    match users.save_session(&session).await {
        Ok(rev) => session.rev = rev,
        // Another request used the same token at this very moment.
        Err(StoreError::Conflict) => {
            close(users, &id).await?;
            return Ok(Err(Refusal::Reused));
        }
        Err(other) => return Err(other),
    }
    Ok(Ok((session, next)))
}

/// Ends a sign-in; one that is unknown or over stays as it is.
pub async fn close(users: &dyn UserStore, id: &SessionId) -> StoreResult<()> {
    retry!(async {
        let mut session = match users.session(id).await {
            Ok(session) if !session.revoked => session,
            Ok(_) | Err(StoreError::NotFound) => return Ok(()),
            Err(other) => return Err(other),
        };
        session.revoked = true;
        users.save_session(&session).await.map(drop)
    })
}
