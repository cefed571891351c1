//! Stores API keys: a workspace's list of them, and the key that a secret belongs to.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::event::Event;
use domain::workspace::api_key::ApiKey;
use domain::{ApiKeyId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
pub trait ApiKeyStore: Send + Sync {
    /// Creates a key and the look-up by its secret's digest, in one transaction.
    async fn create(&self, key: &ApiKey, event: &Event) -> StoreResult<()>;
    async fn get(&self, workspace: &WorkspaceId, id: &ApiKeyId) -> StoreResult<ApiKey>;
    /// Returns all keys of the workspace, revoked and expired ones too: history names them.
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<ApiKey>>;
    /// Saves a change under the key's revision.
    async fn save(&self, key: &ApiKey, event: &Event) -> StoreResult<u64>;
    /// Finds a key by the digest of its secret. MUST be strongly consistent, so that a revoked key is refused at
    /// once.
    async fn by_hash(&self, secret_hash: &str) -> StoreResult<Option<ApiKey>>;
    /// Notes a use of the key. It leaves the revision as it is, so that no change of the key is lost to it.
    async fn note_use(&self, key: &ApiKey, at: Timestamp) -> StoreResult<()>;
}
