//! Stores deals.

use crate::ports::store::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::deal::Deal;
use domain::event::Event;
use domain::time::calendar_month::CalendarMonth;
use domain::{DealId, LeadId, WorkspaceId};
use jiff::Timestamp;

/// A list of deals. The lists tell nothing of leads: whoever shows one leaves out the deals of leads that are deleted, or
/// that the caller does not see.
#[derive(Debug, Clone, Default)]
pub struct DealList {
    /// Closed deals, latest closing first; open ones, earliest day first, if false.
    pub closed: bool,
    /// The month in which they are expected, or were closed.
    pub month: Option<CalendarMonth>,
}

#[async_trait]
pub trait DealStore: Send + Sync {
    async fn get(&self, workspace: &WorkspaceId, id: &DealId) -> StoreResult<Deal>;
    /// Saves a deal as it was read. `Conflict` if it was saved meanwhile.
    async fn save(&self, deal: &Deal, event: &Event) -> StoreResult<u64>;
    async fn delete(&self, deal: &Deal, event: &Event) -> StoreResult<()>;
    /// Returns the deals that began with these leads, earliest first, read strongly.
    async fn of_leads(&self, workspace: &WorkspaceId, leads: &[LeadId]) -> StoreResult<Vec<Deal>>;
    /// Returns open deals, earliest day first, and no more than `most`.
    async fn open(&self, workspace: &WorkspaceId, most: usize) -> StoreResult<Vec<Deal>>;
    /// Returns the deals closed since then, earliest first, and no more than `most`: the latest ones.
    async fn closed_since(
        &self,
        workspace: &WorkspaceId,
        since: Timestamp,
        most: usize,
    ) -> StoreResult<Vec<Deal>>;
    /// Returns a page of a list. It MAY be shorter than asked for.
    async fn page(
        &self,
        workspace: &WorkspaceId,
        list: &DealList,
        page: PageRequest,
    ) -> StoreResult<Page<Deal>>;
}
