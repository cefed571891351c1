//! Proves that a login's address is its person's: a mailed link, opened where the person is signed in. Whoever signed up with
//! an address of somebody else never sees the mail, and the owner of the address is not signed in.

use crate::identity::stage_keys::StageKeys;
use crate::ports::logins::LoginStore;
use crate::ports::store::StoreResult;
use domain::LoginId;
use domain::contact::email_address::EmailAddress;
use domain::event::{Actor, Event, EventKind};
use domain::workspace::login::{AddressProof, Login};
use domain::workspace::user::User;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

const BOUND_TO: &str = "address link";
/// How long a link can be opened.
const LASTS: SignedDuration = SignedDuration::from_hours(24);

/// What a link says, sealed. It is stored nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressLink {
    login: LoginId,
    email: EmailAddress,
    expires_at: Timestamp,
}

/// The link has expired, is another login's, or never was one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotItsLink;

impl AddressLink {
    pub fn new(login: &Login, now: Timestamp) -> Self {
        let expires_at = now.checked_add(LASTS).unwrap_or(now);
        Self { login: login.id.clone(), email: login.email.clone(), expires_at }
    }

    /// Makes the page's address. The token stands behind the `#`, which no server sees.
    pub fn address(&self, keys: &StageKeys, public_url: &str) -> String {
        let token = keys.seal(BOUND_TO, &serde_json::to_string(self).expect("ids and texts are JSON"));
        format!("{public_url}/confirm-address#token={token}")
    }

    fn is_of(&self, login: &Login, now: Timestamp) -> bool {
        self.login == login.id && self.email == login.email && now < self.expires_at
    }
}

/// Notes that the address is proven, where the token is of a link to this login's address.
pub async fn prove_address(
    logins: &dyn LoginStore,
    keys: &StageKeys,
    (mut login, user): (Login, User),
    (token, now): (&str, Timestamp),
) -> StoreResult<Result<(), NotItsLink>> {
    let opened = keys.open(BOUND_TO, token).and_then(|text| serde_json::from_str::<AddressLink>(&text).ok());
    if !opened.is_some_and(|link| link.is_of(&login, now)) {
        return Ok(Err(NotItsLink));
    }
    if login.address != AddressProof::Proven {
        login.address = AddressProof::Proven;
        let event = Event::new(EventKind::AddressProven, Actor::User(user.id.clone()), now);
        logins.save_login_of(&login, &user, &event).await?;
    }
    Ok(Ok(()))
}
