//! Sign-in at a provider, in two sealed texts that are stored nowhere.
//!
//! The *attempt* is kept in a cookie of the browser that began it: what came back from the provider's page is taken from
//! that browser only. It becomes a *ticket*, which the app shows with the same cookie to sign in, or to connect the account
//! to the login that is signed in. Each of them is used once. An account signs in to the login that its owner has connected
//! it to, and to no other: an address that is the same proves nothing. A new login may begin with an account, at an address that
//! the provider has checked and no login has.

use crate::identity::one_time_token::digest_of;
use crate::identity::stage_keys::StageKeys;
use crate::ports::ids::Ids;
use crate::ports::logins::LoginStore;
use crate::ports::rate_limits::RateLimitStore;
use crate::ports::sign_in_providers::{ProviderAccount, SignInCode, SignInRequest};
use crate::ports::store::{StoreError, StoreResult};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::contact::email_address::EmailAddress;
use domain::event::{Actor, Event, EventKind};
use domain::workspace::identity::{Identity, SignInProvider};
use domain::workspace::login::{AddressProof, LastWayIn, Login};
use domain::workspace::user::User;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

/// How long an attempt may take, from the first click to the last.
pub const ATTEMPT_LASTS: SignedDuration = SignedDuration::from_mins(10);
const ATTEMPT: &str = "sign-in attempt";
const TICKET: &str = "sign-in ticket";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInAttempt {
    pub provider: SignInProvider,
    state: String,
    nonce: String,
    code_verifier: String,
    expires_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInTicket {
    pub provider: SignInProvider,
    /// The digest by which the account is known here.
    key: String,
    email: Option<String>,
    email_verified: bool,
    #[serde(default)]
    authenticated_at: Option<Timestamp>,
    /// The digest of the attempt's state: the ticket is good with that attempt only.
    attempt: String,
    expires_at: Timestamp,
}

impl SignInAttempt {
    pub fn begin(ids: &dyn Ids, provider: SignInProvider, now: Timestamp) -> Self {
        let text = || {
            let mut bytes = [0; 32];
            ids.secret_bytes(&mut bytes);
            URL_SAFE_NO_PAD.encode(bytes)
        };
        let expires_at = now.checked_add(ATTEMPT_LASTS).unwrap_or(now);
        Self { provider, state: text(), nonce: text(), code_verifier: text(), expires_at }
    }

    pub fn seal(&self, keys: &StageKeys) -> String {
        keys.seal(ATTEMPT, &serde_json::to_string(self).expect("texts are JSON"))
    }

    /// Reads the attempt of a cookie, while it is valid.
    pub fn open(keys: &StageKeys, cookie: &str, now: Timestamp) -> Option<Self> {
        let attempt: Self = serde_json::from_str(&keys.open(ATTEMPT, cookie)?).ok()?;
        (now < attempt.expires_at).then_some(attempt)
    }

    pub fn request(&self, redirect_uri: String, afresh: bool) -> SignInRequest {
        SignInRequest {
            redirect_uri,
            afresh,
            state: self.state.clone(),
            nonce: self.nonce.clone(),
            code_verifier: self.code_verifier.clone(),
        }
    }

    pub fn code(&self, code: String, redirect_uri: String) -> SignInCode {
        SignInCode {
            code,
            redirect_uri,
            nonce: self.nonce.clone(),
            code_verifier: self.code_verifier.clone(),
        }
    }

    /// Whether this state came back to the attempt that sent it, for the first time.
    pub async fn takes(&self, limits: &dyn RateLimitStore, state: &str, now: Timestamp) -> StoreResult<bool> {
        if !bool::from(self.state.as_bytes().ct_eq(state.as_bytes())) {
            return Ok(false);
        }
        limits.first_time(&format!("sign-in state/{}", digest_of(state)), now, ATTEMPT_LASTS).await
    }

    pub fn ticket(&self, account: ProviderAccount) -> SignInTicket {
        SignInTicket {
            provider: self.provider,
            key: key_of(self.provider, &account),
            email: account.email,
            email_verified: account.email_verified,
            authenticated_at: account.authenticated_at,
            attempt: digest_of(&self.state),
            expires_at: self.expires_at,
        }
    }
}

impl SignInTicket {
    pub fn seal(&self, keys: &StageKeys) -> String {
        keys.seal(TICKET, &serde_json::to_string(self).expect("texts are JSON"))
    }

    /// Uses up a ticket that comes with the cookie of its own attempt.
    pub async fn take(
        keys: &StageKeys,
        limits: &dyn RateLimitStore,
        (ticket, cookie): (&str, &str),
        now: Timestamp,
    ) -> StoreResult<Option<Self>> {
        let opened = keys.open(TICKET, ticket).and_then(|text| serde_json::from_str::<Self>(&text).ok());
        let attempt = SignInAttempt::open(keys, cookie, now);
        let Some((opened, attempt)) = opened.zip(attempt) else { return Ok(None) };
        if now >= opened.expires_at || opened.attempt != digest_of(&attempt.state) {
            return Ok(None);
        }
        let key = format!("sign-in ticket/{}", digest_of(ticket));
        Ok(limits.first_time(&key, now, ATTEMPT_LASTS).await?.then_some(opened))
    }

    /// The account's address, where the provider says that it has checked it.
    pub fn verified_email(&self) -> Option<EmailAddress> {
        let email = self.email.as_ref().filter(|_| self.email_verified)?;
        EmailAddress::parse(email).ok()
    }

    /// The time at which the person showed that it is them, as far as the provider's word proves. A provider of the
    /// installation's choice is asked to tell it; where it does not, nothing was proven. The others cannot be asked, and their
    /// word counts for the moment in which it came.
    pub fn proven_at(&self, now: Timestamp) -> Timestamp {
        match self.authenticated_at {
            Some(at) => at.min(now),
            None if self.provider.tells_when() => Timestamp::UNIX_EPOCH,
            None => now,
        }
    }

    /// Whether the account is connected to this login.
    pub fn is_of(&self, login: &Login) -> bool {
        login.identities.iter().any(|identity| identity.key == self.key)
    }

    /// The identity that a login has once the account is connected to it.
    pub fn identity(&self, now: Timestamp) -> Identity {
        Identity {
            provider: self.provider,
            key: self.key.clone(),
            email: self.email.clone(),
            connected_at: now,
        }
    }

    /// Finds the login that the account is connected to.
    pub async fn login(&self, logins: &dyn LoginStore) -> StoreResult<Option<Login>> {
        let login = logins.by_identity(&self.key).await?;
        Ok(login.filter(|login| self.is_of(login)))
    }
}

/// Why an account is not connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityNotConnected {
    /// The login has an account of this provider already.
    HasOne,
    /// The account is connected to another login.
    Taken,
}

/// Connects an account to a login.
pub async fn connect_identity(
    logins: &dyn LoginStore,
    (mut login, user): (Login, User),
    ticket: SignInTicket,
    now: Timestamp,
) -> StoreResult<Result<(), IdentityNotConnected>> {
    if login.identities.iter().any(|identity| identity.provider == ticket.provider) {
        return Ok(Err(IdentityNotConnected::HasOne));
    }
    let identity = ticket.identity(now);
    login.identities.push(identity.clone());
    if ticket.verified_email().as_ref() == Some(&login.email) {
        login.address = AddressProof::Proven;
    }
    let event = Event::new(EventKind::IdentityConnected, Actor::User(user.id.clone()), now);
    match logins.connect(&login, &user, &identity, &event).await {
        Ok(()) => Ok(Ok(())),
        Err(StoreError::Conflict) if logins.by_identity(&identity.key).await?.is_some() => {
            Ok(Err(IdentityNotConnected::Taken))
        }
        Err(other) => Err(other),
    }
}

/// Disconnects the provider's account, if there is one.
pub async fn disconnect_identity(
    logins: &dyn LoginStore,
    (mut login, user): (Login, User),
    provider: SignInProvider,
    now: Timestamp,
) -> StoreResult<Result<(), LastWayIn>> {
    let place = login.identities.iter().position(|identity| identity.provider == provider);
    let Some(place) = place else { return Err(StoreError::NotFound) };
    let identity = login.identities.remove(place);
    if let Err(last) = login.keeps_a_way_in() {
        return Ok(Err(last));
    }
    let event = Event::new(EventKind::IdentityDisconnected, Actor::User(user.id.clone()), now);
    logins.disconnect(&login, &user, &[identity], &event).await.map(Ok)
}

fn key_of(provider: SignInProvider, account: &ProviderAccount) -> String {
    // JSON keeps the parts apart, whatever they hold.
    digest_of(&serde_json::json!([provider, account.issuer, account.subject]).to_string())
}
