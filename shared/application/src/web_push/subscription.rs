//! A push subscription: where a browser is reached, and the keys that a text is encrypted with for it. It is stored sealed for
//! its user: another user's cannot be opened.

use crate::identity::stage_keys::StageKeys;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::workspace::push::PushSession;
use domain::workspace::web_push::{BadPushEndpoint, PushDevice, PushEndpoint};
use domain::{UserId, WorkspaceId};
use p256::PublicKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

#[derive(Clone)]
pub struct PushSubscription {
    pub endpoint: PushEndpoint,
    pub(crate) public_key: PublicKey,
    pub(crate) auth: [u8; 16],
}

/// What is wrong with a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSubscription {
    #[error("{0}")]
    Endpoint(#[from] BadPushEndpoint),
    #[error("is a key of 65 bytes on the curve P-256, in base64url")]
    PublicKey,
    #[error("is a secret of 16 bytes, in base64url")]
    Auth,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Texts {
    endpoint: String,
    p256dh: String,
    auth: String,
}

impl PushSubscription {
    pub fn parse(endpoint: &str, p256dh: &str, auth: &str) -> Result<Self, BadSubscription> {
        let endpoint = PushEndpoint::parse(endpoint)?;
        let key = decoded(p256dh).filter(|bytes| bytes.len() == 65);
        let key = key.and_then(|bytes| PublicKey::from_sec1_bytes(&bytes).ok());
        let public_key = key.ok_or(BadSubscription::PublicKey)?;
        let auth = decoded(auth).and_then(|bytes| bytes.try_into().ok()).ok_or(BadSubscription::Auth)?;
        Ok(Self { endpoint, public_key, auth })
    }

    /// The id of the device that it is of.
    pub(crate) fn device_id(&self) -> String {
        hex::encode(&Sha256::digest(self.endpoint.secret())[..16])
    }

    pub(crate) fn seal(&self, keys: &StageKeys, workspace: &WorkspaceId, of: &PushSession) -> String {
        let texts = Texts {
            endpoint: self.endpoint.secret().to_owned(),
            p256dh: URL_SAFE_NO_PAD.encode(super::encryption::uncompressed(&self.public_key)),
            auth: URL_SAFE_NO_PAD.encode(self.auth),
        };
        let text = serde_json::to_string(&texts).expect("texts are JSON");
        keys.seal(&bound_to(workspace, &of.user), &text)
    }

    /// None where it was sealed for another user, or with a master key that is no more.
    pub(crate) fn open(keys: &StageKeys, device: &PushDevice) -> Option<Self> {
        let text = keys.open(&bound_to(&device.workspace, &device.of.user), &device.sealed)?;
        let texts: Texts = serde_json::from_str(&text).ok()?;
        Self::parse(&texts.endpoint, &texts.p256dh, &texts.auth).ok()
    }
}

fn bound_to(workspace: &WorkspaceId, user: &UserId) -> String {
    format!("push device {workspace} {user}")
}

/// Browsers leave the padding out; some libraries write it.
fn decoded(text: &str) -> Option<Vec<u8>> {
    (text.len() <= 200).then(|| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
    const AT: &str = "https://fcm.googleapis.com/fcm/send/x";

    #[test]
    fn keys_that_no_browser_makes_are_refused() {
        assert!(PushSubscription::parse(AT, KEY, AUTH).is_ok());
        assert!(PushSubscription::parse(AT, &format!("{KEY}="), &format!("{AUTH}==")).is_ok());
        let off_the_curve = KEY.replace("BCVx", "BCVy");
        for bad in ["", "x", &KEY[..86], off_the_curve.as_str(), &"A".repeat(87), "!!"] {
            let refused = PushSubscription::parse(AT, bad, AUTH).err();
            assert_eq!(refused, Some(BadSubscription::PublicKey), "{bad}");
        }
        for bad in ["", "BTBZMqHH6r4Tts7J_aSI", &format!("{AUTH}{AUTH}"), "%"] {
            assert_eq!(PushSubscription::parse(AT, KEY, bad).err(), Some(BadSubscription::Auth), "{bad}");
        }
        let elsewhere = PushSubscription::parse("https://evil.example/x", KEY, AUTH).err();
        assert_eq!(elsewhere, Some(BadSubscription::Endpoint(BadPushEndpoint)));
    }
}
