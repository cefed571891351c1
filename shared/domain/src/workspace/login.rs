//! A login: what one person signs in with, and the workspaces that it opens. In each of them the person is a user, with a
//! role of its own.

use crate::contact::email_address::EmailAddress;
use crate::ids::{LoginId, SessionId, UserId, WorkspaceId};
use crate::workspace::identity::Identity;
use crate::workspace::second_factor::SecondFactor;
use crate::workspace::user::User;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The most workspaces that one login opens.
pub const MOST_WORKSPACES: usize = 50;

#[derive(Debug, Clone)]
pub struct Login {
    pub id: LoginId,
    /// The address to sign in with: unique over the installation.
    pub email: EmailAddress,
    /// The password's hash, Argon2id in PHC form.
    pub password_hash: String,
    /// The second factor; none where the password alone signs in.
    pub second_factor: Option<SecondFactor>,
    /// The accounts at providers that sign in as this login.
    pub identities: Vec<Identity>,
    /// Raised by each new password, when a user ends their other sessions, and when the login joins another workspace:
    /// sessions and password links of before are void.
    pub credentials: u32,
    /// The workspaces that the login opens, the one used last first.
    pub memberships: Vec<Membership>,
    pub created_at: Timestamp,
    pub rev: u64,
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

impl Login {
    /// Makes the login of a person who becomes a user of their first workspace.
    pub fn of(user: &User, password_hash: String) -> Self {
        Self {
            id: user.login.clone(),
            email: user.email.clone(),
            password_hash,
            second_factor: None,
            identities: Vec::new(),
            credentials: 0,
            memberships: vec![Membership::of(user)],
            created_at: user.created_at,
            rev: 0,
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
    /// The login's `credentials` when the session began.
    pub credentials: u32,
    /// The browser and the system, as the browser names them: `Firefox on Linux`.
    pub device: Option<String>,
    pub created_at: Timestamp,
    /// The latest exchange of tokens.
    pub used_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked: bool,
    pub rev: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workspace_put_first_is_listed_once() {
        let at = Timestamp::UNIX_EPOCH;
        let member = |name: &str| Membership {
            workspace: WorkspaceId::derived(at, &[name]),
            user: UserId::derived(at, &[name]),
        };
        let mut login = Login {
            id: LoginId::derived(at, &["maya"]),
            email: EmailAddress::parse("maya@northquay.example").expect("an address"),
            password_hash: String::new(),
            second_factor: None,
            identities: Vec::new(),
            credentials: 0,
            memberships: vec![member("quay")],
            created_at: at,
            rev: 0,
        };
        login.put_first(member("harbour"));
        assert_eq!(login.memberships, [member("harbour"), member("quay")]);
        login.put_first(member("quay"));
        assert_eq!(login.memberships, [member("quay"), member("harbour")]);
        assert_eq!(login.membership(&member("harbour").workspace), Some(&member("harbour")));
        assert_eq!(login.membership(&WorkspaceId::derived(at, &["elsewhere"])), None);
    }
}
