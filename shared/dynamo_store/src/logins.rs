//! Logins by id and by address, and their sessions.

use crate::item::{Head, Item, Stored, number, plain_item, text, text_of};
use crate::keys::{self, Key, System, SystemKey};
use crate::query::Query;
use crate::table::Table;
use crate::write::{Write, absent, delete, put, saving};
use application::StoreResult;
use application::ports::logins::LoginStore;
use async_trait::async_trait;
use domain::contact::email_address::EmailAddress;
use domain::event::Event;
use domain::workspace::identity::Identity;
use domain::workspace::login::{AddressProof, FormerToken, Login, Membership, Session};
use domain::workspace::passkey::Passkey;
use domain::workspace::second_factor::AuthenticatorApp;
use domain::workspace::user::User;
use domain::{LoginId, SessionId, UserId, WorkspaceId};
use futures::future::try_join;
use jiff::Timestamp;

#[async_trait]
impl LoginStore for Table {
    async fn login(&self, id: &LoginId) -> StoreResult<Login> {
        self.read(&keys::login(id)).await
    }

    async fn by_email(&self, email: &EmailAddress) -> StoreResult<Option<Login>> {
        self.login_at(&keys::sign_in(email)).await
    }

    async fn save_login(&self, login: &Login) -> StoreResult<u64> {
        self.save_entity(login, None).await
    }

    async fn save_login_of(&self, login: &Login, user: &User, event: &Event) -> StoreResult<()> {
        Ok(self.transact(vec![saving(login, None)?, saving(user, Some(event))?]).await?)
    }

    async fn by_identity(&self, key: &str) -> StoreResult<Option<Login>> {
        self.login_at(&keys::identity(key)).await
    }

    async fn connect(
        &self,
        login: &Login,
        user: &User,
        identity: &Identity,
        event: &Event,
    ) -> StoreResult<()> {
        let claim = connecting(identity, login);
        Ok(self.transact(vec![claim, saving(login, None)?, saving(user, Some(event))?]).await?)
    }

    async fn disconnect(
        &self,
        login: &Login,
        user: &User,
        identities: &[Identity],
        event: &Event,
    ) -> StoreResult<()> {
        let mut writes = vec![saving(login, None)?, saving(user, Some(event))?];
        writes.extend(identities.iter().map(|identity| delete(&keys::identity(&identity.key), None)));
        Ok(self.transact(writes).await?)
    }

    async fn session_lately(&self, login: &LoginId, id: &SessionId) -> StoreResult<Option<(Session, Login)>> {
        let (session, login) = (keys::session(login, id), keys::login(login));
        let (session, login) = try_join(self.find_lately(&session), self.find_lately(&login)).await?;
        Ok(session.zip(login))
    }

    async fn session(&self, login: &LoginId, id: &SessionId) -> StoreResult<Session> {
        self.read(&keys::session(login, id)).await
    }

    async fn sessions(&self, login: &LoginId) -> StoreResult<Vec<Session>> {
        self.query_all(Query::table(&keys::sessions(login))).await
    }

    async fn save_session(&self, session: &Session) -> StoreResult<u64> {
        self.save_entity(session, None).await
    }
}

impl Table {
    /// Finds the login that the item with this key names.
    async fn login_at(&self, key: &SystemKey) -> StoreResult<Option<Login>> {
        let Some(pointer) = self.read_item(key).await? else { return Ok(None) };
        match LoginId::parse(text_of(&pointer, "login").unwrap_or_default()) {
            Ok(id) => self.find(&keys::login(&id)).await,
            Err(_) => Err(crate::item::head(&pointer)?.corrupt("names no login")),
        }
    }
}

/// Claims a new login's address.
pub(crate) fn signing_in(login: &Login) -> Write {
    claiming(&keys::sign_in(&login.email), "sign_in", login)
}

/// Claims an account at a provider for this login.
pub(crate) fn connecting(identity: &Identity, login: &Login) -> Write {
    claiming(&keys::identity(&identity.key), "identity", login)
}

/// Claims a key for this login: no other one can have it.
fn claiming(key: &SystemKey, entity: &str, login: &Login) -> Write {
    let item = Item::from([
        ("pk".to_owned(), text(key.pk())),
        ("sk".to_owned(), text(key.sk())),
        ("entity".to_owned(), text(entity)),
        ("v".to_owned(), number(1)),
        ("login".to_owned(), text(login.id.as_str())),
    ]);
    put(item, absent())
}

plain_item! { LoginItem of Login, rev, {
    id: LoginId,
    email: EmailAddress,
    password_hash: String,
    #[serde(default, alias = "second_factor", skip_serializing_if = "Option::is_none")]
    authenticator: Option<AuthenticatorApp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    passkeys: Vec<Passkey>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    recovery_codes: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    identities: Vec<Identity>,
    credentials: u32,
    memberships: Vec<Membership>,
    #[serde(default, skip_serializing_if = "AddressProof::was_never_asked")]
    address: AddressProof,
    created_at: Timestamp,
} }

impl Stored for Login {
    const ENTITY: &'static str = "login";
    type Scope = System;
    type Body = LoginItem;

    fn key(&self) -> Key<System> {
        keys::login(&self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> LoginItem {
        LoginItem::of(self)
    }
    fn from_body(body: LoginItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}

plain_item! { SessionItem of Session, rev, {
    id: SessionId,
    login: LoginId,
    workspace: WorkspaceId,
    user: UserId,
    token_hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    former_token: Option<FormerToken>,
    credentials: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    created_at: Timestamp,
    // A session that was stored before there were proofs has none.
    #[serde(default)]
    proven_at: Timestamp,
    used_at: Timestamp,
    expires_at: Timestamp,
    revoked: bool,
} }

impl Stored for Session {
    const ENTITY: &'static str = "session";
    type Scope = System;
    type Body = SessionItem;

    fn key(&self) -> Key<System> {
        keys::session(&self.login, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
    fn body(&self, _rev: u64) -> SessionItem {
        SessionItem::of(self)
    }
    fn from_body(body: SessionItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
