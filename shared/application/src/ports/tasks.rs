//! Stores tasks.

use crate::ports::store::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::event::Event;
use domain::workspace::task::Task;
use domain::{TaskId, UserId, WorkspaceId};

#[async_trait]
pub trait TaskStore: Send + Sync {
    async fn get(&self, workspace: &WorkspaceId, id: &TaskId) -> StoreResult<Task>;
    async fn save(&self, task: &Task, event: &Event) -> StoreResult<u64>;
    /// Returns open tasks, earliest due first; those of one owner, or all.
    async fn open(
        &self,
        workspace: &WorkspaceId,
        owner: Option<&UserId>,
        page: PageRequest,
    ) -> StoreResult<Page<Task>>;
}
