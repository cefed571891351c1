//! Stores tasks.

use crate::ports::store::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::event::Event;
use domain::workspace::task::Task;
use domain::{TaskId, UserId, WorkspaceId};
use jiff::Timestamp;
use std::ops::Range;

/// The user whose open tasks are listed.
#[derive(Debug, Clone, Copy)]
pub struct OwnedBy<'a> {
    pub user: &'a UserId,
    /// Whether the tasks without an owner are listed, too.
    pub or_nobody: bool,
}

#[async_trait]
pub trait TaskStore: Send + Sync {
    async fn get(&self, workspace: &WorkspaceId, id: &TaskId) -> StoreResult<Task>;
    async fn save(&self, task: &Task, event: &Event) -> StoreResult<u64>;
    /// Returns open tasks, earliest due first; those of one owner, or all.
    async fn open(
        &self,
        workspace: &WorkspaceId,
        owner: Option<OwnedBy<'_>>,
        page: PageRequest,
    ) -> StoreResult<Page<Task>>;
    /// Returns open tasks due in this time, earliest first, and no more than `most` of those that are wanted. The store
    /// leaves out the others, so that those of colleagues take no place of a user's.
    async fn due(
        &self,
        workspace: &WorkspaceId,
        time: Range<Timestamp>,
        wanted: &(dyn for<'t> Fn(&'t Task) -> bool + Sync),
        most: usize,
    ) -> StoreResult<Vec<Task>>;
    /// Returns calls that were made, latest first; those of one user, or all. A page MAY be shorter than asked for.
    async fn calls(
        &self,
        workspace: &WorkspaceId,
        user: Option<&UserId>,
        page: PageRequest,
    ) -> StoreResult<Page<Task>>;
    /// Returns the calls made in this time, earliest first, and no more than `most`.
    async fn calls_between(
        &self,
        workspace: &WorkspaceId,
        time: Range<Timestamp>,
        most: usize,
    ) -> StoreResult<Vec<Task>>;
}
