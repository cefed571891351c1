//! API keys: how a secret is made, and what it takes for a request to be accepted by one.
//!
//! A secret is `lf_` and 48 hexadecimal digits, 192 unpredictable bits. Only its SHA-256 is stored, as a session's
//! token is. The first digits are kept in the open, so that a key that turns up in a log or a repository can be
//! found in the list and revoked.

use crate::identity::access_log::{AccessLog, Origin};
use crate::identity::one_time_token::digest_of;
use crate::ports::api_keys::ApiKeyStore;
use crate::ports::ids::Ids;
use crate::ports::rate_limits::RateLimitStore;
use crate::ports::store::StoreResult;
use crate::retry;
use domain::event::{Actor, Event, EventKind};
use domain::workspace::api_key::{ApiKey, ApiKeyState, ApiScope, USE_IS_KEPT_EVERY};
use domain::{UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// What every secret begins with.
pub const SECRET_PREFIX: &str = "lf_";
const SECRET_BYTES: usize = 24;
/// The digits of a secret that its list entry shows.
const SHOWN_DIGITS: usize = 8;
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// A new secret with what is kept of it.
pub struct NewSecret {
    /// The secret itself, which is shown once and not stored.
    pub secret: String,
    pub prefix: String,
    pub hash: String,
}

pub fn new_secret(ids: &dyn Ids) -> NewSecret {
    let mut bytes = [0; SECRET_BYTES];
    ids.secret_bytes(&mut bytes);
    let secret = format!("{SECRET_PREFIX}{}", hex::encode(bytes));
    let prefix = secret[..SECRET_PREFIX.len() + SHOWN_DIGITS].to_owned();
    let hash = digest_of(&secret);
    NewSecret { secret, prefix, hash }
}

/// Tells whether a bearer token is meant as the secret of an API key.
pub fn is_api_key(token: &str) -> bool {
    token.starts_with(SECRET_PREFIX)
}

/// Why a request with an API key is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyRefusal {
    Unknown,
    Expired,
    Revoked,
    /// The key does not have the scope that the route needs.
    ScopeMissing(ApiScope),
    /// The key has used up its requests of this minute.
    TooMany(SignedDuration),
}

/// Finds the key and checks it: whether it is valid, has the scopes and has a request left. Nothing is written for a
/// request that is refused before it counts.
pub async fn accept_api_key(
    (keys, limits, access): (&dyn ApiKeyStore, &dyn RateLimitStore, &AccessLog),
    token: &str,
    needed: &[ApiScope],
    (origin, now): (Origin<'_>, Timestamp),
) -> StoreResult<Result<ApiKey, KeyRefusal>> {
    if !is_well_formed(token) {
        return Ok(Err(KeyRefusal::Unknown));
    }
    let Some(key) = keys.by_hash(&digest_of(token)).await? else { return Ok(Err(KeyRefusal::Unknown)) };
    match key.state(now) {
        ApiKeyState::Active => {}
        ApiKeyState::Expired => return Ok(Err(KeyRefusal::Expired)),
        ApiKeyState::Revoked => return Ok(Err(KeyRefusal::Revoked)),
    }
    if let Some(missing) = needed.iter().find(|scope| !key.scopes.contains(scope)) {
        return Ok(Err(KeyRefusal::ScopeMissing(*missing)));
    }
    let bucket = format!("api-key/{}", key.id);
    if let Err(wait) = limits.take(&bucket, key.requests_per_minute, MINUTE, now).await? {
        return Ok(Err(KeyRefusal::TooMany(wait)));
    }
    if key.use_is_news(now) {
        // The request is good even if its time cannot be noted; the next one notes it.
        if let Err(error) = keys.note_use(&key, to_the_hour(now)).await {
            tracing::warn!(api_key.id = %key.id, %error, "the use of an API key was not noted");
        }
    }
    access.note_key_use(&key, origin).await;
    Ok(Ok(key))
}

/// What becomes of the API keys of a user who loses the access to have any. The user may know their secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeysOfLeaver<'a> {
    Revoked,
    /// They go on, as the keys of this user.
    HandedOver(&'a UserId),
}

/// Revokes the valid keys that a user created, or hands them over. It is called where a member is saved
/// (`memberships::save_member`), and nowhere else.
pub(super) async fn settle_keys_of(
    keys: &dyn ApiKeyStore,
    (workspace, leaver): (&WorkspaceId, &UserId),
    become_of: KeysOfLeaver<'_>,
    (actor, now): (Actor, Timestamp),
) -> StoreResult<()> {
    let mut theirs = keys.list(workspace).await?;
    theirs.retain(|key| key.created_by == *leaver && key.state(now) == ApiKeyState::Active);
    for key in theirs {
        retry!(async {
            let mut key = keys.get(workspace, &key.id).await?;
            let kind = match become_of {
                KeysOfLeaver::Revoked => {
                    key.revoked_at.get_or_insert(now);
                    EventKind::ApiKeyRevoked
                }
                KeysOfLeaver::HandedOver(user) => {
                    key.created_by = user.clone();
                    EventKind::ApiKeyHandedOver
                }
            };
            keys.save(&key, &Event::new(kind, actor.clone(), now)).await.map(drop)
        })?;
    }
    Ok(())
}

fn is_well_formed(token: &str) -> bool {
    token.strip_prefix(SECRET_PREFIX).is_some_and(|digits| {
        digits.len() == 2 * SECRET_BYTES
            && digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

fn to_the_hour(at: Timestamp) -> Timestamp {
    let hour = USE_IS_KEPT_EVERY.as_secs();
    Timestamp::from_second(at.as_second().div_euclid(hour) * hour).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;

    impl Ids for Counting {
        fn next(&self) -> ulid::Ulid {
            ulid::Ulid::nil()
        }
        fn secret_bytes(&self, buffer: &mut [u8]) {
            (1..).zip(buffer).for_each(|(number, byte)| *byte = number);
        }
    }

    #[test]
    fn secret_is_recognised_and_only_its_beginning_is_kept() {
        let NewSecret { secret, prefix, hash } = new_secret(&Counting);
        assert_eq!((secret.len(), prefix.as_str()), (51, "lf_01020304"));
        assert!(is_api_key(&secret) && is_well_formed(&secret) && secret.starts_with(&prefix));
        assert_eq!(hash, digest_of(&secret));
        for other in ["lf_", "lf_0102", &secret[1..], &secret.to_uppercase(), &format!("{secret}0")] {
            assert!(!is_well_formed(other), "{other}");
        }
    }

    #[test]
    fn last_use_is_kept_to_the_hour() {
        let at: Timestamp = "2026-11-20T10:59:59Z".parse().unwrap();
        assert_eq!(to_the_hour(at).to_string(), "2026-11-20T10:00:00Z");
    }
}
