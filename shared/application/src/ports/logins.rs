//! Stores logins and their sessions.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::contact::email_address::EmailAddress;
use domain::event::Event;
use domain::workspace::identity::Identity;
use domain::workspace::login::{Login, Session};
use domain::workspace::user::User;
use domain::{LoginId, SessionId};

#[async_trait]
pub trait LoginStore: Send + Sync {
    async fn login(&self, id: &LoginId) -> StoreResult<Login>;
    async fn by_email(&self, email: &EmailAddress) -> StoreResult<Option<Login>>;
    /// Saves a login. Returns the new revision.
    async fn save_login(&self, login: &Login) -> StoreResult<u64>;
    /// Saves a login, and its user with the event that tells of it in the user's workspace, in one transaction.
    async fn save_login_of(&self, login: &Login, user: &User, event: &Event) -> StoreResult<()>;

    async fn by_identity(&self, key: &str) -> StoreResult<Option<Login>>;
    /// Does what `save_login_of` does, where the login has this identity since. `Conflict` where another login has it.
    async fn connect(
        &self,
        login: &Login,
        user: &User,
        identity: &Identity,
        event: &Event,
    ) -> StoreResult<()>;
    /// Does what `save_login_of` does, where the login has these identities no more.
    async fn disconnect(
        &self,
        login: &Login,
        user: &User,
        identities: &[Identity],
        event: &Event,
    ) -> StoreResult<()>;

    /// Returns a session and its login as they were up to a moment ago: one that was just written may be missing.
    async fn session_lately(&self, login: &LoginId, id: &SessionId) -> StoreResult<Option<(Session, Login)>>;
    async fn session(&self, login: &LoginId, id: &SessionId) -> StoreResult<Session>;
    /// Lists a login's sessions, those that are over and not yet deleted included.
    async fn sessions(&self, login: &LoginId) -> StoreResult<Vec<Session>>;
    async fn save_session(&self, session: &Session) -> StoreResult<u64>;
}
