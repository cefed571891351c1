//! What stands between a right password and a session, where the login has a second factor: a sealed text that says who
//! has come how far. It is stored nowhere, and a new password makes it void.

use crate::identity::stage_keys::StageKeys;
use domain::LoginId;
use domain::workspace::login::{Login, Membership};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

const LASTS: SignedDuration = SignedDuration::from_mins(5);
const BOUND_TO: &str = "sign-in challenge";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    pub login: LoginId,
    /// The login's `credentials` when its password was right.
    pub credentials: u32,
    pub then: AfterCode,
    pub expires_at: Timestamp,
}

/// What the code opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AfterCode {
    /// A session of this user.
    SignIn(Membership),
    /// The workspace of an invitation, which the login joins with the code and not before.
    Join { token: String, name: String },
}

impl Challenge {
    pub fn new(login: &Login, then: AfterCode, now: Timestamp) -> Self {
        let expires_at = now.checked_add(LASTS).unwrap_or(now);
        Self { login: login.id.clone(), credentials: login.credentials, then, expires_at }
    }

    pub fn seal(&self, keys: &StageKeys) -> String {
        keys.seal(BOUND_TO, &serde_json::to_string(self).expect("ids and texts are JSON"))
    }

    /// Reads a challenge that this installation has made, while it is valid.
    pub fn open(keys: &StageKeys, token: &str, now: Timestamp) -> Option<Self> {
        let challenge: Self = serde_json::from_str(&keys.open(BOUND_TO, token)?).ok()?;
        (now < challenge.expires_at).then_some(challenge)
    }
}
