//! What is known of the health of a workspace's accounts at providers.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::capacity::circuit_breaker::Breaker;
use domain::event::Event;
use domain::{ConnectionId, WorkspaceId};

#[async_trait]
pub trait BreakerStore: Send + Sync {
    /// As it is at this moment. `None`: it was never in trouble.
    async fn get(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> StoreResult<Option<Breaker>>;
    /// MUST be refused with `Conflict` where another was stored since this one was read.
    async fn save(&self, breaker: &Breaker, event: &Event) -> StoreResult<u64>;
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Breaker>>;
    /// The account is another from now on, or none.
    async fn forget(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> StoreResult<()>;
}
