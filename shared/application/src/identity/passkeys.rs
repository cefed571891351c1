//! Passkeys: added to a login, and used in place of its password and its code.
//!
//! Each begins with a question that we send to the browser, the *attempt*, which comes back sealed with what the device
//! has signed. An attempt is good for five minutes, for one purpose and once. The login is found by what the device has
//! kept of it, and has to have the key with which the device has signed. A device that counts its signatures has to have
//! counted on: if not, there are two of it, and neither signs in.

use crate::identity::one_time_token::digest_of;
use crate::identity::second_factor::first_recovery_codes;
use crate::identity::stage_keys::StageKeys;
use crate::identity::webauthn::{Fault, Site, check_answer, made_key, url_bytes, url_text};
use crate::ports::ids::Ids;
use crate::ports::logins::LoginStore;
use crate::ports::rate_limits::RateLimitStore;
use crate::ports::store::{StoreError, StoreResult, found};
use crate::retry;
use domain::LoginId;
use domain::event::{Actor, Event, EventKind};
use domain::workspace::login::{LastWayIn, Login};
use domain::workspace::passkey::{MOST_PASSKEYS, Passkey};
use domain::workspace::user::User;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use crate::identity::webauthn::KEY_KINDS;

pub const PASSKEY_ATTEMPT_LASTS: SignedDuration = SignedDuration::from_mins(5);
const BOUND_TO: &str = "passkey attempt";
const CHALLENGE_BYTES: usize = 32;
/// The characters of a digest by which the API tells passkeys apart.
const ID_CHARACTERS: usize = 32;

/// A question that a device answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyAttempt {
    /// The bytes that the device signs, base 64 for URLs.
    pub challenge: String,
    /// The login to which a passkey is added; none where one is used.
    adds_to: Option<LoginId>,
    pub expires_at: Timestamp,
}

impl PasskeyAttempt {
    pub fn to_add(ids: &dyn Ids, login: &Login, now: Timestamp) -> Self {
        Self::new(ids, Some(login.id.clone()), now)
    }

    pub fn to_use(ids: &dyn Ids, now: Timestamp) -> Self {
        Self::new(ids, None, now)
    }

    fn new(ids: &dyn Ids, adds_to: Option<LoginId>, now: Timestamp) -> Self {
        let mut challenge = [0; CHALLENGE_BYTES];
        ids.secret_bytes(&mut challenge);
        let expires_at = now.checked_add(PASSKEY_ATTEMPT_LASTS).unwrap_or(now);
        Self { challenge: url_text(&challenge), adds_to, expires_at }
    }

    pub fn seal(&self, keys: &StageKeys) -> String {
        keys.seal(BOUND_TO, &serde_json::to_string(self).expect("texts are JSON"))
    }

    /// Uses up an attempt of this purpose, while it is valid.
    async fn take(
        (keys, limits): (&StageKeys, &dyn RateLimitStore),
        (sealed, adds_to): (&str, Option<&LoginId>),
        now: Timestamp,
    ) -> StoreResult<Option<Self>> {
        let opened = keys.open(BOUND_TO, sealed).and_then(|text| serde_json::from_str::<Self>(&text).ok());
        let Some(attempt) = opened else { return Ok(None) };
        if now >= attempt.expires_at || attempt.adds_to.as_ref() != adds_to {
            return Ok(None);
        }
        let key = format!("passkey attempt/{}", digest_of(&attempt.challenge));
        Ok(limits.first_time(&key, now, PASSKEY_ATTEMPT_LASTS).await?.then_some(attempt))
    }
}

/// Returns the host for which devices keep the passkeys of this installation.
pub fn passkey_host(public_url: &str) -> &str {
    Site::of(public_url).id
}

/// Returns what devices keep of a login beside its passkey.
pub fn user_handle(login: &LoginId) -> String {
    url_text(login.as_str().as_bytes())
}

/// What a device says when it has made a passkey: bytes, base 64 for URLs.
#[derive(Clone, Copy)]
pub struct NewPasskey<'a> {
    pub attempt: &'a str,
    pub client_data: &'a str,
    pub authenticator_data: &'a str,
    /// What the user calls it.
    pub name: &'a str,
}

/// Why a passkey is not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAdded {
    /// The attempt is too old, was used before, or belongs to another login.
    DeadAttempt,
    /// What the device says does not answer the attempt.
    NotValid,
    /// The device has not checked who holds it.
    UserNotVerified,
    /// The login has this passkey already.
    Known,
    /// The login has as many as one may have.
    TooMany,
}

/// A passkey that was added.
pub struct AddedPasskey {
    pub login: Login,
    pub user: User,
    pub passkey: Passkey,
    /// The recovery codes, where the passkey is the login's first second factor. All earlier sessions are over then.
    pub recovery_codes: Option<Vec<String>>,
}

pub async fn add_passkey(
    (logins, limits): (&dyn LoginStore, &dyn RateLimitStore),
    (keys, ids, public_url): (&StageKeys, &dyn Ids, &str),
    (mut login, mut user): (Login, User),
    new: NewPasskey<'_>,
    now: Timestamp,
) -> StoreResult<Result<AddedPasskey, NotAdded>> {
    let attempt = PasskeyAttempt::take((keys, limits), (new.attempt, Some(&login.id)), now).await?;
    let Some(attempt) = attempt else { return Ok(Err(NotAdded::DeadAttempt)) };
    let bytes = url_bytes(new.client_data).zip(url_bytes(new.authenticator_data));
    let Some((client_data, device_data)) = bytes else { return Ok(Err(NotAdded::NotValid)) };
    let made = match made_key(&Site::of(public_url), &attempt.challenge, (&client_data, &device_data)) {
        Ok(made) => made,
        Err(fault) => return Ok(Err(not_added(fault))),
    };
    let credential = url_text(&made.credential);
    if login.passkeys.iter().any(|known| known.credential == credential) {
        return Ok(Err(NotAdded::Known));
    }
    if login.passkeys.len() >= MOST_PASSKEYS {
        return Ok(Err(NotAdded::TooMany));
    }
    let passkey = Passkey {
        id: digest_of(&credential)[..ID_CHARACTERS].to_owned(),
        credential,
        public_key: url_text(&made.public_key),
        counter: made.counter,
        name: new.name.to_owned(),
        added_at: now,
        used_at: None,
    };
    let recovery_codes = (!login.has_second_factor()).then(|| first_recovery_codes(&mut login, ids));
    login.passkeys.push(passkey.clone());
    let event = Event::new(EventKind::PasskeyAdded, Actor::User(user.id.clone()), now);
    logins.save_login_of(&login, &user, &event).await?;
    (login.rev, user.rev) = (login.rev + 1, user.rev + 1);
    Ok(Ok(AddedPasskey { login, user, passkey, recovery_codes }))
}

fn not_added(fault: Fault) -> NotAdded {
    match fault {
        Fault::UserNotVerified => NotAdded::UserNotVerified,
        _ => NotAdded::NotValid,
    }
}

/// What a device says when a passkey is used: bytes, base 64 for URLs.
#[derive(Clone, Copy)]
pub struct PasskeyAnswer<'a> {
    pub attempt: &'a str,
    pub credential: &'a str,
    pub client_data: &'a str,
    pub authenticator_data: &'a str,
    pub signature: &'a str,
    pub user_handle: &'a str,
}

impl PasskeyAnswer<'_> {
    /// The login that the device says it answers for, which proves nothing yet.
    pub fn claimed_login(&self) -> Option<LoginId> {
        let handle = url_bytes(self.user_handle).filter(|handle| handle.len() <= 64)?;
        LoginId::parse(std::str::from_utf8(&handle).ok()?).ok()
    }
}

/// Why a passkey opens nothing.
#[derive(Debug)]
pub enum PasskeyRefusal {
    /// The attempt is too old, or was used before.
    DeadAttempt,
    /// The login has no such passkey, or what the device says does not answer the attempt.
    NotValid,
    /// The device has not checked who holds it.
    UserNotVerified,
    /// The device has counted fewer signatures than before: there may be a copy of it.
    Copied(Box<Login>),
}

/// Uses a passkey. Returns its login as it is then.
pub async fn use_passkey(
    (logins, limits): (&dyn LoginStore, &dyn RateLimitStore),
    (keys, public_url): (&StageKeys, &str),
    answer: PasskeyAnswer<'_>,
    now: Timestamp,
) -> StoreResult<Result<Login, PasskeyRefusal>> {
    let attempt = PasskeyAttempt::take((keys, limits), (answer.attempt, None), now).await?;
    let Some(attempt) = attempt else { return Ok(Err(PasskeyRefusal::DeadAttempt)) };
    let Some(id) = answer.claimed_login() else { return Ok(Err(PasskeyRefusal::NotValid)) };
    retry!(async {
        let Some(mut login) = found(logins.login(&id).await)? else {
            return Ok(Err(PasskeyRefusal::NotValid));
        };
        let known = login.passkeys.iter_mut().find(|known| known.credential == answer.credential);
        let Some(passkey) = known else { return Ok(Err(PasskeyRefusal::NotValid)) };
        let counter = match counted(&Site::of(public_url), &attempt.challenge, answer, passkey) {
            Ok(counter) => counter,
            Err(Fault::UserNotVerified) => return Ok(Err(PasskeyRefusal::UserNotVerified)),
            Err(_) => return Ok(Err(PasskeyRefusal::NotValid)),
        };
        if (counter, passkey.counter) != (0, 0) && counter <= passkey.counter {
            return Ok(Err(PasskeyRefusal::Copied(Box::new(login))));
        }
        (passkey.counter, passkey.used_at) = (counter, Some(now));
        login.rev = logins.save_login(&login).await?;
        Ok(Ok(login))
    })
}

fn counted(
    site: &Site<'_>,
    challenge: &str,
    answer: PasskeyAnswer<'_>,
    passkey: &Passkey,
) -> Result<u32, Fault> {
    let bytes = |text| url_bytes(text).ok_or(Fault::Malformed);
    let said = (bytes(answer.client_data)?, bytes(answer.authenticator_data)?, bytes(answer.signature)?);
    check_answer(site, challenge, (&said.0, &said.1, &said.2), &bytes(&passkey.public_key)?)
}

/// Gives a passkey another name.
pub async fn rename_passkey(
    logins: &dyn LoginStore,
    (mut login, user): (Login, User),
    (id, name): (&str, &str),
    now: Timestamp,
) -> StoreResult<Passkey> {
    let known = login.passkeys.iter_mut().find(|known| known.id == id);
    let passkey = known.ok_or(StoreError::NotFound)?;
    passkey.name = name.to_owned();
    let renamed = passkey.clone();
    let event = Event::new(EventKind::PasskeyRenamed, Actor::User(user.id.clone()), now);
    logins.save_login_of(&login, &user, &event).await?;
    Ok(renamed)
}

/// Removes a passkey, and the recovery codes with the last second factor.
pub async fn remove_passkey(
    logins: &dyn LoginStore,
    (mut login, user): (Login, User),
    id: &str,
    now: Timestamp,
) -> StoreResult<Result<(), LastWayIn>> {
    let place = login.passkeys.iter().position(|known| known.id == id).ok_or(StoreError::NotFound)?;
    login.passkeys.remove(place);
    if let Err(last) = login.keeps_a_way_in() {
        return Ok(Err(last));
    }
    login.drop_needless_codes();
    let event = Event::new(EventKind::PasskeyRemoved, Actor::User(user.id.clone()), now);
    logins.save_login_of(&login, &user, &event).await?;
    Ok(Ok(()))
}
