//! Stores how much each account has sent, and which of its slots are taken.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::AccountId;
use domain::WorkspaceId;
use domain::capacity::quota::Quota;
use domain::event::Event;

#[async_trait]
pub trait QuotaStore: Send + Sync {
    /// Reads an account's quota item as it is at this moment. `None`: no slot was reserved yet.
    async fn get(&self, workspace: &WorkspaceId, account: &AccountId) -> StoreResult<Option<Quota>>;
    /// Saves a quota item. MUST be refused with `Conflict` where another was stored since this one was read.
    async fn save(&self, quota: &Quota, event: &Event) -> StoreResult<u64>;
    /// Saves in a single attempt: after `Conflict` it has certainly not been saved, after any other error perhaps.
    async fn save_once(&self, quota: &Quota, event: &Event) -> StoreResult<()>;
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Quota>>;
}
