//! Stores the groups of leads that a user has said to be different people.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::event::Event;
use domain::{LeadId, WorkspaceId};

/// A group is known by its leads: in whatever order they are named, and not with one more or less.
#[async_trait]
pub trait DismissedDuplicateStore: Send + Sync {
    /// Tells for each of these groups whether it was dismissed.
    async fn dismissed(&self, workspace: &WorkspaceId, groups: &[&[LeadId]]) -> StoreResult<Vec<bool>>;
    /// Dismisses a group. Safe to repeat.
    async fn dismiss(&self, workspace: &WorkspaceId, group: &[LeadId], event: &Event) -> StoreResult<()>;
    /// Proposes a dismissed group again. Safe to repeat.
    async fn propose_again(
        &self,
        workspace: &WorkspaceId,
        group: &[LeadId],
        event: &Event,
    ) -> StoreResult<()>;
}
