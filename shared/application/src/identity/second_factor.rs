//! Two-step sign-in: an authenticator app is set up, asked for and switched off; recovery codes are renewed. The other kind
//! of second factor is a passkey (`passkeys.rs`).
//!
//! A set-up that was begun is kept nowhere: its secret goes to the user and comes back, sealed, with the first code of
//! the app. Each code works once, because the step of the code that was accepted last is stored under the login's
//! revision; so does each recovery code, whose digest is removed. An accepted code seals the secret anew, so that it
//! outlives a change of the master key.

use crate::identity::one_time_token::digest_of;
use crate::identity::stage_keys::{StageKeys, base32};
use crate::identity::totp;
use crate::ports::ids::Ids;
use crate::ports::logins::LoginStore;
use crate::ports::store::StoreResult;
use crate::retry;
use domain::LoginId;
use domain::event::{Actor, Event, EventKind};
use domain::workspace::login::Login;
use domain::workspace::second_factor::{AuthenticatorApp, RECOVERY_CODES};
use domain::workspace::user::User;
use jiff::{SignedDuration, Timestamp};

const SECRET_BYTES: usize = 20;
/// A recovery code has 120 unpredictable bits: a fast digest tells nothing of it. Codes of before have 80, and work.
const RECOVERY_BYTES: usize = 15;
const SETUP_LASTS: SignedDuration = SignedDuration::from_mins(30);

/// A second factor that is being set up.
pub struct TotpSetup {
    /// The secret as an app takes it where it cannot read the QR code: base 32.
    pub secret: String,
    /// The `otpauth:` address that the QR code shows.
    pub uri: String,
    /// The sealed secret, which comes back with the first code.
    pub setup: String,
}

/// Why a second factor is not switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotConfirmed {
    WrongCode,
    /// The set-up is too old or belongs to another login.
    DeadSetup,
    /// The login has an authenticator app already.
    AlreadyOn,
}

/// A login since it has an authenticator app.
pub struct AuthenticatorOn {
    pub login: Login,
    pub user: User,
    /// The recovery codes, where the app is the login's first second factor. All earlier sessions are over then.
    pub recovery_codes: Option<Vec<String>>,
}

pub fn begin_totp(keys: &StageKeys, ids: &dyn Ids, login: &Login, now: Timestamp) -> TotpSetup {
    let mut secret = [0; SECRET_BYTES];
    ids.secret_bytes(&mut secret);
    let shown = base32(&secret).to_ascii_uppercase();
    let until = now.checked_add(SETUP_LASTS).unwrap_or(now).as_second();
    let email = login.email.as_str().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    TotpSetup {
        uri: format!("otpauth://totp/leadflow:{email}?secret={shown}&issuer=leadflow"),
        setup: keys.seal(&setup_of(&login.id), &format!("{until}.{}", hex::encode(secret))),
        secret: shown,
    }
}

/// Takes the authenticator app, where this is its code.
pub async fn confirm_totp(
    logins: &dyn LoginStore,
    (keys, ids): (&StageKeys, &dyn Ids),
    (mut login, mut user): (Login, User),
    (setup, code): (&str, &str),
    now: Timestamp,
) -> StoreResult<Result<AuthenticatorOn, NotConfirmed>> {
    if login.authenticator.is_some() {
        return Ok(Err(NotConfirmed::AlreadyOn));
    }
    let Some(secret) = opened_setup(keys, &login.id, setup, now) else {
        return Ok(Err(NotConfirmed::DeadSetup));
    };
    let Some(last_step) = totp::step_of(&secret, &bare(code), now, 0) else {
        return Ok(Err(NotConfirmed::WrongCode));
    };
    let recovery_codes = (!login.has_second_factor()).then(|| first_recovery_codes(&mut login, ids));
    let secret = sealed(keys, &login.id, &secret);
    login.authenticator = Some(AuthenticatorApp { secret, last_step, since: now });
    let event = Event::new(EventKind::SecondFactorOn, Actor::User(user.id.clone()), now);
    logins.save_login_of(&login, &user, &event).await?;
    (login.rev, user.rev) = (login.rev + 1, user.rev + 1);
    Ok(Ok(AuthenticatorOn { login, user, recovery_codes }))
}

/// Gives a login its recovery codes with its first second factor. What was opened by the password alone is over.
pub(crate) fn first_recovery_codes(login: &mut Login, ids: &dyn Ids) -> Vec<String> {
    let (codes, digests) = new_recovery_codes(ids);
    login.recovery_codes = digests;
    login.credentials = login.credentials.wrapping_add(1);
    codes
}

/// Uses up a code of the app or a recovery code. Returns the login as it is then; none where the code is wrong or was
/// used before.
pub async fn accept_code(
    logins: &dyn LoginStore,
    keys: &StageKeys,
    id: &LoginId,
    (code, now): (&str, Timestamp),
) -> StoreResult<Option<Login>> {
    retry!(async {
        let mut login = logins.login(id).await?;
        if !use_up(&mut login, keys, &bare(code), now) {
            return Ok(None);
        }
        login.rev = logins.save_login(&login).await?;
        Ok(Some(login))
    })
}

/// Replaces the recovery codes, used ones and others.
pub async fn renew_recovery_codes(
    logins: &dyn LoginStore,
    ids: &dyn Ids,
    (mut login, user): (Login, User),
    now: Timestamp,
) -> StoreResult<Vec<String>> {
    let (codes, digests) = new_recovery_codes(ids);
    login.recovery_codes = digests;
    let event = Event::new(EventKind::RecoveryCodesRenewed, Actor::User(user.id.clone()), now);
    logins.save_login_of(&login, &user, &event).await?;
    Ok(codes)
}

/// Takes the authenticator app away, and the recovery codes where no passkey is left either.
pub async fn switch_off_authenticator(
    logins: &dyn LoginStore,
    (mut login, user): (Login, User),
    now: Timestamp,
) -> StoreResult<()> {
    login.authenticator = None;
    login.drop_needless_codes();
    let event = Event::new(EventKind::SecondFactorOff, Actor::User(user.id.clone()), now);
    logins.save_login_of(&login, &user, &event).await
}

/// Takes every second factor away, passkeys too: the operator's help for a person who has lost them all.
pub async fn remove_second_factors(
    logins: &dyn LoginStore,
    (mut login, user): (Login, User),
    now: Timestamp,
) -> StoreResult<()> {
    login.authenticator = None;
    login.passkeys.clear();
    login.drop_needless_codes();
    logins.save_login_of(&login, &user, &Event::system(EventKind::SecondFactorOff, now)).await
}

fn use_up(login: &mut Login, keys: &StageKeys, code: &str, now: Timestamp) -> bool {
    if let Some(app) = &mut login.authenticator {
        let secret =
            keys.open(&secret_of(&login.id), &app.secret).and_then(|secret| hex::decode(secret).ok());
        let step = secret.as_ref().and_then(|secret| totp::step_of(secret, code, now, app.last_step));
        if let Some((secret, step)) = secret.zip(step) {
            app.last_step = step;
            app.secret = sealed(keys, &login.id, &secret);
            return true;
        }
    }
    // The digest of 80 unpredictable bits or more: the time of the comparison tells nothing.
    let digest = digest_of(code);
    let before = login.recovery_codes.len();
    login.recovery_codes.retain(|known| *known != digest);
    login.recovery_codes.len() < before
}

/// Returns a code without the spaces and dashes with which people type it.
fn bare(code: &str) -> String {
    let code = code.chars().filter(|c| !c.is_whitespace() && *c != '-');
    code.take(64).collect::<String>().to_ascii_lowercase()
}

fn new_recovery_codes(ids: &dyn Ids) -> (Vec<String>, Vec<String>) {
    let code = || {
        let mut bytes = [0; RECOVERY_BYTES];
        ids.secret_bytes(&mut bytes);
        let code = base32(&bytes);
        let groups: Vec<&str> = (0..code.len()).step_by(4).map(|at| &code[at..at + 4]).collect();
        (groups.join("-"), digest_of(&code))
    };
    (0..RECOVERY_CODES).map(|_| code()).unzip()
}

fn opened_setup(keys: &StageKeys, login: &LoginId, setup: &str, now: Timestamp) -> Option<Vec<u8>> {
    let text = keys.open(&setup_of(login), setup)?;
    let (until, secret) = text.split_once('.')?;
    let is_open = until.parse::<i64>().is_ok_and(|until| now.as_second() < until);
    hex::decode(secret).ok().filter(|_| is_open)
}

fn sealed(keys: &StageKeys, login: &LoginId, secret: &[u8]) -> String {
    keys.seal(&secret_of(login), &hex::encode(secret))
}

fn secret_of(login: &LoginId) -> String {
    format!("totp/{login}")
}

fn setup_of(login: &LoginId) -> String {
    format!("totp setup/{login}")
}
