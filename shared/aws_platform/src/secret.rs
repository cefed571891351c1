//! The stage's one secret: a master key, and the installation's address where it was not configured.

use crate::BoxError;
use application::Ids;
use application::stage_keys::StageKeys;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

#[derive(Serialize, Deserialize)]
struct SecretText {
    /// At least 64 characters; the keys are derived from it.
    master_key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public_url: Option<String>,
}

pub struct StageSecret {
    pub keys: StageKeys,
    pub public_url: Option<String>,
}

/// The text of a new installation's secret, where no template makes one.
pub fn new_secret_text(ids: &dyn Ids) -> String {
    let mut key = [0; 32];
    ids.secret_bytes(&mut key);
    let text = SecretText { master_key: hex::encode(key), public_url: None };
    serde_json::to_string(&text).expect("two strings are JSON")
}

/// The error says what is wrong, never a value.
pub fn read_secret_text(text: &str) -> Result<StageSecret, BoxError> {
    let text: SecretText =
        serde_json::from_str(text).map_err(|_| "the stage's secret has no master_key or is not JSON")?;
    if text.master_key.len() < 64 {
        return Err("the master_key in the stage's secret is shorter than 64 characters".into());
    }
    let derive = |purpose: &str| -> [u8; 32] {
        // One block of HKDF's expansion; the master key is uniformly random already.
        Sha256::new().chain_update(purpose).chain_update([0]).chain_update(&text.master_key).finalize().into()
    };
    let keys = StageKeys {
        token: derive("leadflow access tokens v1"),
        link: derive("leadflow links v1"),
        vault: derive("leadflow provider secrets v1"),
    };
    Ok(StageSecret { keys, public_url: text.public_url })
}
