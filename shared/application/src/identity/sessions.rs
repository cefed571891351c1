//! Sessions: a refresh token works once; using an old one again ends the whole session.
//!
//! An answer can be lost on its way, and then the device has only the token that it has just spent. So for half a minute
//! the spent token gets the same next token again: it is kept sealed beside the digest of the one before. A thief who
//! comes within that time holds the same token as the device, and is found at the next exchange, as ever.

use crate::identity::one_time_token::{digest_of, new_token};
use crate::identity::stage_keys::StageKeys;
use crate::ports::ids::Ids;
use crate::ports::logins::LoginStore;
use crate::ports::store::{StoreError, StoreResult, found};
use crate::retry;
use domain::workspace::login::{FormerToken, Login, Session};
use domain::workspace::user::User;
use domain::{LoginId, SessionId};
use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;

/// The longest life of a session, however often it is refreshed.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 30);

/// How long a session may change who gets in, and how, since the user last gave the password, a code or a passkey.
pub const PROOF_LASTS: SignedDuration = SignedDuration::from_mins(10);

/// How long a spent token gets the token again that it was exchanged for.
pub const LOST_ANSWER: SignedDuration = SignedDuration::from_secs(30);

/// The most sessions that are listed.
const MOST_LISTED: usize = 100;

/// The token that the user's device keeps: `login_….session_….secret`, 256 unpredictable bits.
pub struct RefreshToken(pub String);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    Unknown,
    Expired,
    /// The user signed out, or the session was ended.
    Ended,
    /// The token was used before, so it may be stolen: the session is ended for every holder of the token.
    Reused,
}

/// Starts a new session on one device.
pub async fn open(
    logins: &dyn LoginStore,
    ids: &dyn Ids,
    (login, user): (&Login, &User),
    (device, proven_at): (Option<String>, Timestamp),
    now: Timestamp,
) -> StoreResult<(Session, RefreshToken)> {
    let id = SessionId::new(ids.next());
    let token = RefreshToken(new_token(&names(&login.id, &id), ids));
    let mut session = Session {
        id,
        login: login.id.clone(),
        workspace: user.workspace.clone(),
        user: user.id.clone(),
        token_hash: digest_of(&token.0),
        former_token: None,
        credentials: login.credentials,
        device,
        created_at: now,
        proven_at,
        used_at: now,
        expires_at: now.checked_add(LONGEST).unwrap_or(now),
        revoked: false,
        rev: 0,
    };
    session.rev = logins.save_session(&session).await?;
    Ok((session, token))
}

fn names(login: &LoginId, session: &SessionId) -> String {
    format!("{login}.{session}")
}

/// Reads the names of a token, which find its session.
fn named(token: &str) -> Option<(LoginId, SessionId)> {
    let mut parts = token.splitn(3, '.');
    let (login, session, _) = (parts.next()?, parts.next()?, parts.next()?);
    LoginId::parse(login).ok().zip(SessionId::parse(session).ok())
}

/// Uses up a token and returns the next one.
pub async fn refresh(
    logins: &dyn LoginStore,
    making: Making<'_>,
    token: &str,
    now: Timestamp,
) -> StoreResult<Result<(Session, RefreshToken), Refusal>> {
    refresh_for(logins, making, token, (None, now)).await
}

/// Does what `refresh` does, and lets the session show another workspace of its login from now on: that of this user.
pub async fn switch(
    logins: &dyn LoginStore,
    making: Making<'_>,
    token: &str,
    (user, now): (&User, Timestamp),
) -> StoreResult<Result<(Session, RefreshToken), Refusal>> {
    refresh_for(logins, making, token, (Some(user), now)).await
}

/// What the next token is made of, and sealed with.
pub type Making<'a> = (&'a dyn Ids, &'a StageKeys);

/// Tells what a sealed token is bound to: the session, and the token that it follows.
fn after(session: &Session, hash: &str) -> String {
    format!("refresh token {} {hash}", session.id)
}

/// Returns the token that the session's former one was exchanged for, if this is the former one and its answer may have
/// been lost.
fn given_again(session: &Session, keys: &StageKeys, hash: &str, now: Timestamp) -> Option<RefreshToken> {
    let former = session.former_token.as_ref().filter(|former| is_same(&former.hash, hash))?;
    if now.duration_since(former.exchanged_at) > LOST_ANSWER {
        return None;
    }
    let next = keys.open(&after(session, hash), &former.next)?;
    is_same(&digest_of(&next), &session.token_hash).then_some(RefreshToken(next))
}

fn is_same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

async fn refresh_for(
    logins: &dyn LoginStore,
    (ids, keys): Making<'_>,
    token: &str,
    (user, now): (Option<&User>, Timestamp),
) -> StoreResult<Result<(Session, RefreshToken), Refusal>> {
    let Some((login, id)) = named(token) else { return Ok(Err(Refusal::Unknown)) };
    if user.is_some_and(|user| user.login != login) {
        return Ok(Err(Refusal::Unknown));
    }
    let hash = digest_of(token);
    // Tried again where another request has used the same token at this very moment: it is then the former one.
    retry!(async {
        let Some(mut session) = found(logins.session(&login, &id).await)? else {
            return Ok(Err(Refusal::Unknown));
        };
        if session.revoked {
            return Ok(Err(Refusal::Ended));
        }
        if session.is_over(now) {
            return Ok(Err(Refusal::Expired));
        }
        let next = match given_again(&session, keys, &hash, now) {
            Some(next) if user.is_none() => return Ok(Ok((session, next))),
            Some(next) => next,
            None if is_same(&hash, &session.token_hash) => {
                let next = RefreshToken(new_token(&names(&login, &id), ids));
                let sealed = keys.seal(&after(&session, &hash), &next.0);
                let former = FormerToken { hash: hash.clone(), next: sealed, exchanged_at: now };
                session.former_token = Some(former);
                session.token_hash = digest_of(&next.0);
                session.used_at = now;
                next
            }
            None => {
                close(logins, (&login, &id)).await?;
                return Ok(Err(Refusal::Reused));
            }
        };
        if let Some(user) = user {
            (session.workspace, session.user) = (user.workspace.clone(), user.id.clone());
        }
        session.rev = logins.save_session(&session).await?;
        Ok(Ok((session, next)))
    })
}

/// Lists the sessions that are open, the one used last first, up to a hundred.
pub async fn open_sessions(
    logins: &dyn LoginStore,
    login: &LoginId,
    now: Timestamp,
) -> StoreResult<Vec<Session>> {
    let login = logins.login(login).await?;
    let mut sessions = logins.sessions(&login.id).await?;
    sessions.retain(|session| session.is_open(&login, now));
    sessions.sort_by_key(|session| std::cmp::Reverse(session.used_at));
    sessions.truncate(MOST_LISTED);
    Ok(sessions)
}

/// Notes that the user has just given the password, a code or a passkey in this session.
pub async fn prove(
    logins: &dyn LoginStore,
    (login, id): (&LoginId, &SessionId),
    now: Timestamp,
) -> StoreResult<()> {
    retry!(async {
        let mut session = logins.session(login, id).await?;
        session.proven_at = now;
        logins.save_session(&session).await.map(drop)
    })
}

/// Ends a session; one that is unknown or over stays as it is.
pub async fn close(logins: &dyn LoginStore, (login, id): (&LoginId, &SessionId)) -> StoreResult<()> {
    retry!(async {
        let mut session = match logins.session(login, id).await {
            Ok(session) if !session.revoked => session,
            Ok(_) | Err(StoreError::NotFound) => return Ok(()),
            Err(other) => return Err(other),
        };
        session.revoked = true;
        logins.save_session(&session).await.map(drop)
    })
}
