//! Stores workspaces.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::event::Event;
use domain::workspace::Workspace;

#[async_trait]
pub trait WorkspaceStore: Send + Sync {
    /// Reads a workspace. Strongly consistent, because the preflight of a send reads it.
    async fn get(&self, id: &WorkspaceId) -> StoreResult<Workspace>;
    async fn save(&self, workspace: &Workspace, event: &Event) -> StoreResult<u64>;
    /// Returns the ids of all workspaces, for scheduled jobs.
    async fn ids(&self) -> StoreResult<Vec<WorkspaceId>>;
}
