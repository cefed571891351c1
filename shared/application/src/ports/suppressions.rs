//! Stores the suppression list: whom a workspace must not write to, and why.

use crate::ports::store::Page;
use crate::ports::store::PageRequest;
use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::event::Event;
use domain::lead::suppression::Suppression;
use domain::lead::suppression::SuppressionScope;

#[async_trait]
pub trait SuppressionStore: Send + Sync {
    /// A known scope keeps its first entry, unless the new one weighs more or, weighing the same, the first would end by
    /// itself: who was a dead address, and then opted out, has opted out. Who opts out again has done so at the later time.
    async fn put(&self, suppression: &Suppression, event: &Event) -> StoreResult<()>;
    /// Takes off the list what is as it was read. `Conflict` where somebody has listed the scope again, or for another reason: that
    /// stays.
    async fn lift(&self, entry: &Suppression, event: &Event) -> StoreResult<()>;
    /// Strongly consistent; those of the scopes that are listed.
    async fn find(
        &self,
        workspace: &WorkspaceId,
        scopes: &[SuppressionScope],
    ) -> StoreResult<Vec<Suppression>>;
    async fn list(&self, workspace: &WorkspaceId, page: PageRequest) -> StoreResult<Page<Suppression>>;
}
