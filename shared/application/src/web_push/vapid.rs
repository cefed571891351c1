//! Proves to a push service who pushes (RFC 8292, VAPID): a token that this installation signs. A browser subscribes for the
//! public key, and its push service takes nothing under another. The key is derived from the installation's one secret like
//! all others; a device of before a change of the master key is served under the key that it knows.

use crate::identity::stage_keys::StageKeys;
use crate::web_push::encryption::uncompressed;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::workspace::web_push::PushEndpoint;
use jiff::{SignedDuration, Timestamp};
use p256::SecretKey;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

/// The validity of a token; push services take at most 24 hours.
const VALID: SignedDuration = SignedDuration::from_hours(12);

/// The public key that browsers subscribe for, in base64url.
pub fn server_key(keys: &StageKeys) -> String {
    written(&keys.web_push_key())
}

fn written(key: &SecretKey) -> String {
    URL_SAFE_NO_PAD.encode(uncompressed(&key.public_key()))
}

/// Makes the header `Authorization` for a device that is bound to this public key. None where the key is of a master key that
/// is no more.
pub(crate) fn authorization(
    keys: &StageKeys,
    server_key: &str,
    (endpoint, public_url): (&PushEndpoint, &str),
    now: Timestamp,
) -> Option<String> {
    let key = keys.all().map(StageKeys::web_push_key).find(|key| written(key) == server_key)?;
    let expires_at = now.checked_add(VALID).unwrap_or(now);
    let claims =
        json!({ "aud": endpoint.origin(), "exp": expires_at.as_second(), "sub": contact(public_url) });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({ "typ": "JWT", "alg": "ES256" })), part(&claims));
    let signature: Signature = SigningKey::from(&key).sign(signed.as_bytes());
    Some(format!("vapid t={signed}.{}, k={server_key}", URL_SAFE_NO_PAD.encode(signature.to_bytes())))
}

/// The operator's address for the push service. Push services take https only; an installation on one machine has http.
fn contact(public_url: &str) -> String {
    match public_url.split_once("://") {
        Some((_, rest)) => format!("https://{rest}"),
        None => public_url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier;

    fn keys(number: u8, others: Vec<StageKeys>) -> StageKeys {
        StageKeys { token: [number; 32], link: [number; 32], vault: [number; 32], others }
    }

    fn authorized(keys: &StageKeys, server_key: &str) -> Option<String> {
        let endpoint = PushEndpoint::parse("https://web.push.apple.com/abc").unwrap();
        authorization(keys, server_key, (&endpoint, "http://localhost:8787"), Timestamp::UNIX_EPOCH)
    }

    /// The claims, if the token is signed by the key that it names.
    fn claims(authorization: &str) -> Value {
        let (token, key) = authorization.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let verifying = VerifyingKey::from_sec1_bytes(&bytes(key)).unwrap();
        let signature = Signature::from_slice(&bytes(signature)).unwrap();
        verifying.verify(signed.as_bytes(), &signature).unwrap();
        serde_json::from_slice(&bytes(signed.split_once('.').unwrap().1)).unwrap()
    }

    #[test]
    fn token_is_for_one_push_service_and_valid_for_less_than_a_day() {
        let keys = keys(1, Vec::new());
        let given = authorized(&keys, &server_key(&keys)).unwrap();
        assert!(given.ends_with(&format!(", k={}", server_key(&keys))));
        let wanted =
            json!({ "aud": "https://web.push.apple.com", "exp": 43_200, "sub": "https://localhost:8787" });
        assert_eq!(claims(&given), wanted);
    }

    #[test]
    fn device_of_a_former_master_key_is_served_under_its_key_while_that_is_kept() {
        let former = server_key(&keys(1, Vec::new()));
        let rotated = keys(2, vec![keys(1, Vec::new())]);
        assert_ne!(server_key(&rotated), former, "browsers subscribe for the present key");
        let given = authorized(&rotated, &former).unwrap();
        assert!(claims(&given).is_object() && given.ends_with(&former));
        assert_eq!(authorized(&keys(2, Vec::new()), &former), None, "the former key is gone");
    }
}
