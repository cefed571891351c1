//! Provider secrets at rest: AES-256-GCM under the stage's vault key, bound to workspace and account.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use application::Ids;
use application::identity::stage_keys::StageKeys;
use application::ports::accounts::{BadSeal, SecretFields, Vault};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use domain::{AccountId, WorkspaceId};
use std::sync::Arc;

pub struct SealedVault {
    keys: Arc<StageKeys>,
    ids: Arc<dyn Ids>,
}

impl SealedVault {
    pub fn new(keys: Arc<StageKeys>, ids: Arc<dyn Ids>) -> Self {
        Self { keys, ids }
    }
}

fn cipher(keys: &StageKeys) -> Aes256Gcm {
    Aes256Gcm::new(&Key::<Aes256Gcm>::from(keys.vault))
}

fn bound_to(workspace: &WorkspaceId, account: &AccountId) -> String {
    format!("v1/{workspace}/{account}")
}

impl Vault for SealedVault {
    fn seal(&self, workspace: &WorkspaceId, account: &AccountId, secret: &SecretFields) -> String {
        let plain = serde_json::to_vec(&secret.0).expect("a map of strings is JSON");
        let mut nonce = [0; 12];
        self.ids.secret_bytes(&mut nonce);
        let aad = bound_to(workspace, account);
        let payload = Payload { msg: &plain, aad: aad.as_bytes() };
        let sealed = cipher(&self.keys)
            .encrypt(&Nonce::from(nonce), payload)
            .expect("plaintext is far below the limit");
        format!("v1.{}.{}", STANDARD_NO_PAD.encode(nonce), STANDARD_NO_PAD.encode(sealed))
    }

    fn open(
        &self,
        workspace: &WorkspaceId,
        account: &AccountId,
        sealed: &str,
    ) -> Result<SecretFields, BadSeal> {
        let mut parts = sealed.split('.');
        let (Some("v1"), Some(nonce), Some(text), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(BadSeal);
        };
        let nonce = STANDARD_NO_PAD.decode(nonce).map_err(|_| BadSeal)?;
        let text = STANDARD_NO_PAD.decode(text).map_err(|_| BadSeal)?;
        let nonce: [u8; 12] = nonce.try_into().map_err(|_| BadSeal)?;
        let aad = bound_to(workspace, account);
        let opened = self.keys.all().find_map(|keys| {
            let payload = Payload { msg: &text, aad: aad.as_bytes() };
            cipher(keys).decrypt(&Nonce::from(nonce), payload).ok()
        });
        let plain = opened.ok_or(BadSeal)?;
        serde_json::from_slice(&plain).map(SecretFields).map_err(|_| BadSeal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RandomIds;
    use application::ports::clock::SystemClock;
    use jiff::Timestamp;

    #[test]
    fn secret_opens_only_for_its_workspace_and_account() {
        let ids = Arc::new(RandomIds::new(Arc::new(SystemClock)));
        let keys = StageKeys { token: [1; 32], link: [2; 32], vault: [3; 32], others: vec![] };
        let vault = SealedVault::new(Arc::new(keys), ids);
        let workspace = WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["a"]);
        let other = WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["b"]);
        let account = AccountId::derived(Timestamp::UNIX_EPOCH, &["c"]);
        let secret = SecretFields::one("password", "correct horse");
        let sealed = vault.seal(&workspace, &account, &secret);
        assert!(!sealed.contains("horse"));
        assert_eq!(vault.open(&workspace, &account, &sealed), Ok(secret));
        assert_eq!(vault.open(&other, &account, &sealed), Err(BadSeal));
        assert_eq!(vault.open(&workspace, &account, &sealed[..sealed.len() - 2]), Err(BadSeal));
        assert_eq!(vault.open(&workspace, &account, "nonsense"), Err(BadSeal));
    }
}
