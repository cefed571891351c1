//! A request for a grant, from the click on *Connect* to the return from the provider's page.
//!
//! The provider's page returns a code together with the `state` that it was called with. The state is a sealed text with
//! the workspace, the user and the account it was made for, its time, and the PKCE verifier (RFC 7636). Nothing is stored
//! meanwhile, and nobody but this installation can read or make one. So
//!
//! * a code that an attacker has obtained for a mailbox of their own cannot be put into a user's session, and a user's
//!   code is of no use in another session: `finish` compares user and workspace with the caller's;
//! * a code that leaked, from a log or a browser's history, cannot be exchanged, because its verifier is sealed;
//! * a request is valid for ten minutes and is finished once (`key`). The code in it works once, at the provider.

use crate::identity::stage_keys::StageKeys;
use crate::ports::ids::Ids;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{AccountId, UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How long a user may take on the provider's page.
pub const VALID: SignedDuration = SignedDuration::from_mins(10);
/// The purpose that a state is sealed for: a text that was sealed for another one is no state.
const PURPOSE: &str = "mailbox grant";

/// The user who connects a mailbox, and which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connecting {
    pub workspace: WorkspaceId,
    pub user: UserId,
    pub account: AccountId,
}

/// What goes to the provider's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRequest {
    pub state: String,
    pub code_challenge: String,
}

#[derive(Serialize, Deserialize)]
struct State {
    #[serde(flatten)]
    who: Connecting,
    at: Timestamp,
    verifier: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadGrantRequest {
    #[error("this is no answer to a request of this installation")]
    Forged,
    #[error("the request is too old")]
    TooOld,
    #[error("the request was made by another user")]
    OfAnother,
}

/// Names a request where it is noted that it was finished.
pub fn key(state: &str) -> String {
    format!("grant-requests/{}", URL_SAFE_NO_PAD.encode(Sha256::digest(state.as_bytes())))
}

/// Begins to connect a mailbox.
pub fn begin(keys: &StageKeys, ids: &dyn Ids, who: Connecting, now: Timestamp) -> GrantRequest {
    let mut secret = [0; 32];
    ids.secret_bytes(&mut secret);
    let verifier = URL_SAFE_NO_PAD.encode(secret);
    let code_challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    let state = serde_json::to_string(&State { who, at: now, verifier }).expect("ids and texts are JSON");
    GrantRequest { state: keys.seal(PURPOSE, &state), code_challenge }
}

/// Returns the account that a user connects, and the PKCE verifier, when the provider's page has returned.
pub fn finish(
    keys: &StageKeys,
    state: &str,
    (workspace, user): (&WorkspaceId, &UserId),
    now: Timestamp,
) -> Result<(AccountId, String), BadGrantRequest> {
    let opened = keys.open(PURPOSE, state).ok_or(BadGrantRequest::Forged)?;
    let State { who, at, verifier } = serde_json::from_str(&opened).map_err(|_| BadGrantRequest::Forged)?;
    if (&who.workspace, &who.user) != (workspace, user) {
        return Err(BadGrantRequest::OfAnother);
    }
    if now.duration_since(at) > VALID || at > now {
        return Err(BadGrantRequest::TooOld);
    }
    Ok((who.account, verifier))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;

    struct Counted;

    impl Ids for Counted {
        fn next(&self) -> Ulid {
            Ulid::nil()
        }

        fn secret_bytes(&self, buffer: &mut [u8]) {
            buffer.fill(7);
        }
    }

    fn keys(link: u8) -> StageKeys {
        StageKeys { token: [1; 32], link: [link; 32], vault: [3; 32], others: vec![] }
    }

    fn who() -> Connecting {
        let at = Timestamp::UNIX_EPOCH;
        Connecting {
            workspace: WorkspaceId::derived(at, &["w"]),
            user: UserId::derived(at, &["u"]),
            account: AccountId::derived(at, &["a"]),
        }
    }

    #[test]
    fn request_is_finished_by_its_own_user_in_time() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let request = begin(&keys(2), &Counted, who(), now);
        let finish = |keys, user: &UserId, state: &str, minutes| {
            finish(&keys, state, (&who().workspace, user), now + SignedDuration::from_mins(minutes))
        };
        let (account, verifier) = finish(keys(2), &who().user, &request.state, 9).unwrap();
        assert_eq!(account, who().account);
        assert!((43..=128).contains(&verifier.len()));
        // The challenge is the verifier's digest, as RFC 7636 has it.
        assert_eq!(request.code_challenge, URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())));
        assert!(!request.state.contains(&verifier));

        let other = UserId::derived(Timestamp::UNIX_EPOCH, &["other"]);
        let refused = |result: Result<_, BadGrantRequest>| result.unwrap_err();
        assert_eq!(refused(finish(keys(2), &other, &request.state, 1)), BadGrantRequest::OfAnother);
        assert_eq!(refused(finish(keys(2), &who().user, &request.state, 11)), BadGrantRequest::TooOld);
        assert_eq!(refused(finish(keys(2), &who().user, &request.state, -1)), BadGrantRequest::TooOld);
        assert_eq!(refused(finish(keys(9), &who().user, &request.state, 1)), BadGrantRequest::Forged);
        assert_eq!(refused(finish(keys(2), &who().user, &request.state[1..], 1)), BadGrantRequest::Forged);
        let elsewhere = keys(2).seal("another purpose", "{}");
        assert_eq!(refused(finish(keys(2), &who().user, &elsewhere, 1)), BadGrantRequest::Forged);
    }
}
