//! Stores the accounts of a workspace, and seals their secrets.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::AccountId;
use domain::WorkspaceId;
use domain::event::Event;
use domain::workspace::account::Account;
use std::collections::BTreeMap;

#[async_trait]
pub trait AccountStore: Send + Sync {
    async fn get(&self, workspace: &WorkspaceId, id: &AccountId) -> StoreResult<Account>;
    /// Stores the account, and keeps the system look-ups: by account id alone, and by provider and external
    /// account.
    async fn save(&self, account: &Account, event: &Event) -> StoreResult<u64>;
    async fn delete(&self, workspace: &WorkspaceId, id: &AccountId, event: &Event) -> StoreResult<()>;
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Account>>;
    /// Finds the workspace of a webhook, which names an account and no workspace.
    async fn workspace_of(&self, id: &AccountId) -> StoreResult<WorkspaceId>;
    /// Returns every account that names this account, of any workspace. The webhook's signature tells whose it is.
    /// `provider` is spelled as in `AccountSettings::provider`.
    async fn by_external_id(
        &self,
        provider: &str,
        account: &str,
    ) -> StoreResult<Vec<(WorkspaceId, AccountId)>>;
}

/// The secret fields of an account by name. Has no `Display`; `Debug` shows the names only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SecretFields(pub BTreeMap<String, String>);

impl SecretFields {
    pub fn one(name: &str, value: impl Into<String>) -> Self {
        Self(BTreeMap::from([(name.to_owned(), value.into())]))
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl std::fmt::Debug for SecretFields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Encrypts secrets with the stage's key, and binds the ciphertext to its workspace and account.
pub trait Vault: Send + Sync {
    fn seal(&self, workspace: &WorkspaceId, account: &AccountId, secret: &SecretFields) -> String;
    fn open(
        &self,
        workspace: &WorkspaceId,
        account: &AccountId,
        sealed: &str,
    ) -> Result<SecretFields, BadSeal>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored secret cannot be opened with this stage's key")]
pub struct BadSeal;
