//! Stores what is noted about companies, company holds, and the register of each company's enrolled leads.

use crate::ports::store::Page;
use crate::ports::store::PageRequest;
use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::LeadId;
use domain::WorkspaceId;
use domain::event::Event;
use domain::lead::company::CompanyRecord;
use domain::lead::company_hold::CompanyHold;
use domain::workspace::tracking_domain::DomainName;
use jiff::Timestamp;

#[async_trait]
pub trait CompanyStore: Send + Sync {
    /// Stores a hold. A known one stays if it lasts as long.
    async fn put(&self, hold: &CompanyHold, event: &Event) -> StoreResult<()>;

    /// Returns the holds of those companies that have one, or had one until lately. Strongly consistent.
    async fn find(&self, workspace: &WorkspaceId, companies: &[&str]) -> StoreResult<Vec<CompanyHold>>;

    /// Registers an enrolled lead for its company; the entry expires after `until`.
    async fn register_lead(
        &self,
        workspace: &WorkspaceId,
        company: &str,
        lead: &LeadId,
        until: Timestamp,
    ) -> StoreResult<()>;

    /// Returns the registered leads in order of id.
    async fn registered_leads(
        &self,
        workspace: &WorkspaceId,
        company: &str,
        page: PageRequest,
    ) -> StoreResult<Page<LeadId>>;

    async fn unregister_leads(
        &self,
        workspace: &WorkspaceId,
        company: &str,
        leads: &[LeadId],
    ) -> StoreResult<()>;

    /// Returns what is noted about these companies; those of which nothing is are left out.
    async fn records(
        &self,
        workspace: &WorkspaceId,
        domains: &[DomainName],
    ) -> StoreResult<Vec<CompanyRecord>>;

    async fn save_record(&self, record: &CompanyRecord, event: &Event) -> StoreResult<u64>;
}
