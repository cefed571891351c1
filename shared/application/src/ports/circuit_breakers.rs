//! Stores the circuit breakers of a workspace's accounts.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::capacity::circuit_breaker::Breaker;
use domain::event::Event;
use domain::{AccountId, WorkspaceId};

#[async_trait]
pub trait BreakerStore: Send + Sync {
    /// Reads the breaker as it is at this moment. `None`: the account never failed.
    async fn get(&self, workspace: &WorkspaceId, account: &AccountId) -> StoreResult<Option<Breaker>>;
    /// Stores a breaker. MUST be refused with `Conflict` where another was stored since this one was read.
    async fn save(&self, breaker: &Breaker, event: &Event) -> StoreResult<u64>;
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Breaker>>;
    /// Deletes the breaker, because the account has other settings from now on, or is gone.
    async fn forget(&self, workspace: &WorkspaceId, account: &AccountId) -> StoreResult<()>;
}
