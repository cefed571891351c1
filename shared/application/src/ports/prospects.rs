//! Stores what searches for prospects found, and what was done about each prospect.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::event::Event;
use domain::prospect::{KeptPage, KeptSearch, ProspectRecord};
use domain::{ProspectSearchId, WorkspaceId};

#[async_trait]
pub trait ProspectStore: Send + Sync {
    /// Reads a search. One whose time is over MAY still be there: the caller looks.
    async fn search(&self, workspace: &WorkspaceId, id: &ProspectSearchId) -> StoreResult<KeptSearch>;

    async fn save_search(&self, search: &KeptSearch, event: &Event) -> StoreResult<u64>;

    /// Stores a page with its search, in one transaction.
    async fn save_page(&self, search: &KeptSearch, page: &KeptPage, event: &Event) -> StoreResult<u64>;

    async fn page(
        &self,
        workspace: &WorkspaceId,
        search: &ProspectSearchId,
        number: u32,
    ) -> StoreResult<KeptPage>;

    /// Returns the kept pages of a search in their order.
    async fn pages(&self, workspace: &WorkspaceId, search: &ProspectSearchId) -> StoreResult<Vec<KeptPage>>;

    /// Reads what was done about these prospects, in no particular order. One whose time is over MAY still be there.
    async fn records(&self, workspace: &WorkspaceId, prospects: &[&str]) -> StoreResult<Vec<ProspectRecord>>;

    /// Stores what was done about a prospect. `Conflict` if another one has done something since it was read.
    async fn save_record(&self, record: &ProspectRecord) -> StoreResult<u64>;
}
