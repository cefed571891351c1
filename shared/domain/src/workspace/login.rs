//! A login: what one person signs in with, and the workspaces that it opens. In each of them the person is a user, with a
//! role of its own.

use crate::contact::email_address::EmailAddress;
use crate::ids::{LoginId, SessionId, UserId, WorkspaceId};
use crate::workspace::identity::Identity;
use crate::workspace::passkey::Passkey;
use crate::workspace::second_factor::AuthenticatorApp;
use crate::workspace::user::User;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The most workspaces that one login opens.
pub const MOST_WORKSPACES: usize = 50;

#[derive(Debug, Clone)]
pub struct Login {
    pub id: LoginId,
    /// The address to sign in with: unique over the installation.
    pub email: EmailAddress,
    /// The password's hash, Argon2id in PHC form; empty where the person has set none.
    pub password_hash: String,
    /// The app whose codes are asked for after the password.
    pub authenticator: Option<AuthenticatorApp>,
    /// The passkeys, which sign in without the password.
    pub passkeys: Vec<Passkey>,
    /// The SHA-256 of each recovery code that was not used yet. There are none without a second factor.
    pub recovery_codes: Vec<String>,
    /// The accounts at providers that sign in as this login.
    pub identities: Vec<Identity>,
    /// Raised by each new password, by the first second factor, when a user ends their other sessions, and when the login
    /// joins another workspace: sessions and password links of before are void.
    pub credentials: u32,
    /// The workspaces that the login opens, the one used last first.
    pub memberships: Vec<Membership>,
    pub address: AddressProof,
    pub created_at: Timestamp,
    pub rev: u64,
}

/// What is known of whether the person who signs in reads the mails to the login's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressProof {
    /// The login was made before addresses were proven.
    #[default]
    NeverAsked,
    Unproven,
    /// The person opened a link that was only mailed, or a provider has checked the address, or the operator's setup code
    /// made the login.
    Proven,
}

impl AddressProof {
    pub fn was_never_asked(&self) -> bool {
        *self == Self::NeverAsked
    }
}

/// The user that a login is in one workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub workspace: WorkspaceId,
    pub user: UserId,
}

impl Membership {
    pub fn of(user: &User) -> Self {
        Self { workspace: user.workspace.clone(), user: user.id.clone() }
    }
}

/// Nothing else would sign the person in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastWayIn;

impl Login {
    /// Makes the login of a person who becomes a user of their first workspace.
    pub fn of(user: &User, password_hash: String) -> Self {
        Self {
            id: user.login.clone(),
            email: user.email.clone(),
            password_hash,
            authenticator: None,
            passkeys: Vec::new(),
            recovery_codes: Vec::new(),
            identities: Vec::new(),
            credentials: 0,
            memberships: vec![Membership::of(user)],
            address: AddressProof::Unproven,
            created_at: user.created_at,
            rev: 0,
        }
    }

    /// Whether a password alone signs nobody in: the login has an authenticator app or a passkey.
    pub fn has_second_factor(&self) -> bool {
        self.authenticator.is_some() || !self.passkeys.is_empty()
    }

    /// Checks that the person can still sign in.
    pub fn keeps_a_way_in(&self) -> Result<(), LastWayIn> {
        let has_any =
            !self.password_hash.is_empty() || !self.identities.is_empty() || !self.passkeys.is_empty();
        has_any.then_some(()).ok_or(LastWayIn)
    }

    /// Takes the recovery codes away where no second factor is left that they could stand in for.
    pub fn drop_needless_codes(&mut self) {
        if !self.has_second_factor() {
            self.recovery_codes.clear();
        }
    }

    /// Makes the login of a person who signs in by an account at a provider, which has checked the address, and has set no
    /// password.
    pub fn with_account(user: &User, identity: Identity) -> Self {
        Self { identities: vec![identity], address: AddressProof::Proven, ..Self::of(user, String::new()) }
    }

    /// Tells whether the address is the person's. A login of before addresses were proven counts as proven, unless everybody
    /// may sign up with any address.
    pub fn has_proven_address(&self, everybody_may_sign_up: bool) -> bool {
        match self.address {
            AddressProof::Proven => true,
            AddressProof::NeverAsked => !everybody_may_sign_up,
            AddressProof::Unproven => false,
        }
    }

    pub fn membership(&self, workspace: &WorkspaceId) -> Option<&Membership> {
        self.memberships.iter().find(|membership| membership.workspace == *workspace)
    }

    /// Adds a workspace, or moves it to the front, where the next sign-in begins.
    pub fn put_first(&mut self, membership: Membership) {
        self.memberships.retain(|known| known.workspace != membership.workspace);
        self.memberships.insert(0, membership);
    }
}

/// One signed-in device: a family of refresh tokens of which only the newest is valid.
#[derive(Debug, Clone)]
pub struct Session {
    pub id: SessionId,
    pub login: LoginId,
    /// The workspace that the device shows, and the user that the login is there.
    pub workspace: WorkspaceId,
    pub user: UserId,
    /// SHA-256 of the newest refresh token.
    pub token_hash: String,
    /// The token before the newest.
    pub former_token: Option<FormerToken>,
    /// The login's `credentials` when the session began.
    pub credentials: u32,
    /// The browser and the system, as the browser names them: `Firefox on Linux`.
    pub device: Option<String>,
    pub created_at: Timestamp,
    /// When the user last gave the password, a code or a passkey in this session.
    pub proven_at: Timestamp,
    /// The latest exchange of tokens.
    pub used_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked: bool,
    pub rev: u64,
}

/// How long a device stays signed in that does not use the app. Used, it stays until `expires_at`.
pub const LONGEST_IDLE: SignedDuration = SignedDuration::from_hours(14 * 24);

impl Session {
    /// Tells whether the session lasts: nobody ended it, and the login's credentials are those that it began with.
    pub fn is_open(&self, login: &Login, now: Timestamp) -> bool {
        !self.revoked && !self.is_over(now) && self.credentials == login.credentials
    }

    /// Tells whether the session is too old, or was not used for too long.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at <= now || now.duration_since(self.used_at) > LONGEST_IDLE
    }
}

/// A refresh token that was exchanged: who sends it again at once has lost the answer, and gets the same token.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FormerToken {
    /// SHA-256 of the token.
    pub hash: String,
    /// The token that it was exchanged for, sealed.
    pub next: String,
    pub exchanged_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str) -> Membership {
        let at = Timestamp::UNIX_EPOCH;
        Membership { workspace: WorkspaceId::derived(at, &[name]), user: UserId::derived(at, &[name]) }
    }

    fn login() -> Login {
        let at = Timestamp::UNIX_EPOCH;
        Login {
            id: LoginId::derived(at, &["maya"]),
            email: EmailAddress::parse("maya@northquay.example").expect("an address"),
            password_hash: String::new(),
            authenticator: None,
            passkeys: Vec::new(),
            recovery_codes: Vec::new(),
            identities: Vec::new(),
            credentials: 0,
            memberships: vec![member("quay")],
            address: AddressProof::Unproven,
            created_at: at,
            rev: 0,
        }
    }

    #[test]
    fn login_of_before_has_a_proven_address_unless_everybody_may_sign_up() {
        for (address, when_open, otherwise) in [
            (AddressProof::NeverAsked, false, true),
            (AddressProof::Unproven, false, false),
            (AddressProof::Proven, true, true),
        ] {
            let login = Login { address, ..login() };
            let seen = (login.has_proven_address(true), login.has_proven_address(false));
            assert_eq!(seen, (when_open, otherwise), "{address:?}");
        }
    }

    #[test]
    fn workspace_put_first_is_listed_once() {
        let mut login = login();
        login.put_first(member("harbour"));
        assert_eq!(login.memberships, [member("harbour"), member("quay")]);
        login.put_first(member("quay"));
        assert_eq!(login.memberships, [member("quay"), member("harbour")]);
        assert_eq!(login.membership(&member("harbour").workspace), Some(&member("harbour")));
        assert_eq!(login.membership(&member("elsewhere").workspace), None);
    }
}
