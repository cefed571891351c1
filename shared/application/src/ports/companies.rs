//! Stores when somebody of a company has replied, and who of them waits for it.

use crate::ports::store::Page;
use crate::ports::store::PageRequest;
use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::LeadId;
use domain::WorkspaceId;
use domain::event::Event;
use domain::lead::company_hold::CompanyHold;
use jiff::Timestamp;

#[async_trait]
pub trait CompanyStore: Send + Sync {
    /// One that is known stays where it holds as long.
    async fn put(&self, hold: &CompanyHold, event: &Event) -> StoreResult<()>;

    /// Strongly consistent; those of the companies that are held, or were until lately.
    async fn find(&self, workspace: &WorkspaceId, companies: &[&str]) -> StoreResult<Vec<CompanyHold>>;

    /// They are in a sequence; forgotten after `until`.
    async fn enlist(
        &self,
        workspace: &WorkspaceId,
        company: &str,
        lead: &LeadId,
        until: Timestamp,
    ) -> StoreResult<()>;

    /// In order of id.
    async fn enlisted(
        &self,
        workspace: &WorkspaceId,
        company: &str,
        page: PageRequest,
    ) -> StoreResult<Page<LeadId>>;

    async fn strike(&self, workspace: &WorkspaceId, company: &str, leads: &[LeadId]) -> StoreResult<()>;
}
