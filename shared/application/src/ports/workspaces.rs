//! Workspaces.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::event::Event;
use domain::workspace::Workspace;

#[async_trait]
pub trait WorkspaceStore: Send + Sync {
    /// Strongly consistent: a permit to send is read from it.
    async fn get(&self, id: &WorkspaceId) -> StoreResult<Workspace>;
    async fn save(&self, workspace: &Workspace, event: &Event) -> StoreResult<u64>;
    /// All of them, for scheduled jobs.
    async fn ids(&self) -> StoreResult<Vec<WorkspaceId>>;
}
