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
    /// Adds an entry. A known scope keeps its first entry, unless the new one weighs more, or weighs the same and the
    /// first would expire: a dead address whose owner then opts out has opted out. A repeated opt-out counts from the
    /// later time. The entry's mark is added to the newest page of the list's order in the same write.
    async fn put(&self, suppression: &Suppression, event: &Event) -> StoreResult<()>;
    /// Removes an entry that is still as it was read. `Conflict` where the scope was suppressed again, or for
    /// another reason: that entry stays.
    async fn lift(&self, entry: &Suppression, event: &Event) -> StoreResult<()>;
    /// Returns the entries of those scopes that are suppressed. Strongly consistent.
    async fn find(
        &self,
        workspace: &WorkspaceId,
        scopes: &[SuppressionScope],
    ) -> StoreResult<Vec<Suppression>>;
    async fn list(&self, workspace: &WorkspaceId, page: PageRequest) -> StoreResult<Page<Suppression>>;
}
