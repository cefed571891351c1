//! Checks, for each request of a user, whether the session still counts and which role the user has.
//!
//! An access token lasts for 15 minutes. What it says can be over before: the user signs out, changes the password, is disabled
//! or gets another role. So a process looks at the stored session again when it has not done so for half a minute. That read
//! may lag a moment behind, and costs half. Where it finds no open session it is made again with strong consistency, because
//! the session may have begun a moment ago.

use crate::identity::sessions::PROOF_LASTS;
use crate::ports::clock::Clock;
use crate::ports::logins::LoginStore;
use crate::ports::store::{StoreResult, found};
use crate::ports::users::UserStore;
use domain::workspace::login::{Login, Session};
use domain::workspace::user::{Role, User};
use domain::{LoginId, SessionId, UserId, WorkspaceId};
use futures::future::try_join;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a process relies on what it read of a session.
pub const KNOWN_FOR: SignedDuration = SignedDuration::from_secs(30);
/// The most sessions that a process remembers: some 200 bytes each.
const MOST_KNOWN: usize = 10_000;

/// What an access token names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenOf {
    pub login: LoginId,
    pub session: SessionId,
    pub workspace: WorkspaceId,
    pub user: UserId,
}

/// What a session is for a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The user is signed in, with this role.
    SignedIn(Role),
    /// The session was ended, or the way to sign in was changed since it began.
    Ended,
    /// The user may not enter this workspace any more.
    Disabled,
}

/// Reads sessions, and remembers them for `KNOWN_FOR`.
pub struct SessionChecks {
    logins: Arc<dyn LoginStore>,
    users: Arc<dyn UserStore>,
    clock: Arc<dyn Clock>,
    known: Mutex<HashMap<TokenOf, (Standing, Timestamp)>>,
}

impl SessionChecks {
    pub fn new(logins: Arc<dyn LoginStore>, users: Arc<dyn UserStore>, clock: Arc<dyn Clock>) -> Self {
        Self { logins, users, clock, known: Mutex::default() }
    }

    pub async fn standing(&self, of: &TokenOf) -> StoreResult<Standing> {
        let now = self.clock.now();
        if let Some(known) = self.known(of, now) {
            return Ok(known);
        }
        let (session, user) = try_join(
            self.logins.session_lately(&of.login, &of.session),
            self.users.get_lately(&of.workspace, &of.user),
        )
        .await?;
        let mut standing = standing(session.as_ref(), user.as_ref(), now);
        if !matches!(standing, Standing::SignedIn(_)) {
            let (session, user) = self.newest(of).await?;
            standing = self::standing(session.as_ref(), user.as_ref(), now);
        }
        self.remember(of, standing, now);
        Ok(standing)
    }

    /// Returns the standing as it is at this moment, and whether the user gave the password, a code or a passkey within the
    /// last minutes. What a process remembers does not count here: whoever lost their access would use the rest of half a
    /// minute to give it back to themselves.
    pub async fn proof(&self, of: &TokenOf) -> StoreResult<(Standing, bool)> {
        let now = self.clock.now();
        let (session, user) = self.newest(of).await?;
        let standing = standing(session.as_ref(), user.as_ref(), now);
        self.remember(of, standing, now);
        let proven_at = session.map(|(session, _)| session.proven_at);
        Ok((standing, proven_at.is_some_and(|at| now.duration_since(at) < PROOF_LASTS)))
    }

    /// Reads with strong consistency.
    async fn newest(&self, of: &TokenOf) -> StoreResult<(Option<(Session, Login)>, Option<User>)> {
        let login = found(self.logins.login(&of.login).await)?;
        let session = found(self.logins.session(&of.login, &of.session).await)?;
        let user = found(self.users.get(&of.workspace, &of.user).await)?;
        Ok((session.zip(login), user))
    }

    fn known(&self, of: &TokenOf, now: Timestamp) -> Option<Standing> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(of).filter(|(_, at)| is_fresh(*at, now)).map(|(standing, _)| *standing)
    }

    fn remember(&self, of: &TokenOf, standing: Standing, now: Timestamp) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.retain(|_, (_, at)| is_fresh(*at, now));
        }
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(of.clone(), (standing, now));
    }
}

impl fmt::Debug for SessionChecks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionChecks")
    }
}

fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at).abs() < KNOWN_FOR
}

fn standing(session: Option<&(Session, Login)>, user: Option<&User>, now: Timestamp) -> Standing {
    match (session, user) {
        (Some((session, login)), _) if !session.is_open(login, now) => Standing::Ended,
        (None, _) => Standing::Ended,
        (Some(_), Some(user)) if !user.disabled => Standing::SignedIn(user.role),
        (Some(_), _) => Standing::Disabled,
    }
}
