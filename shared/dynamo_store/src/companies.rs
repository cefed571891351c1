//! What is noted about companies, company holds, and the register of each company's enrolled leads: one partition a company.

use crate::errors::Refused;
use crate::item::{Head, Item, Stored, encode, number, plain_item, text, text_of};
use crate::keys::{self, Key, Tenant};
use crate::pages::Order;
use crate::table::Table;
use crate::times::expiry_second;
use crate::write::{Expression, put};
use application::ports::companies::CompanyStore;
use application::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::event::Event;
use domain::lead::company::CompanyRecord;
use domain::lead::company_hold::CompanyHold;
use domain::workspace::tracking_domain::DomainName;
use domain::{LeadId, UserId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl CompanyStore for Table {
    async fn put(&self, hold: &CompanyHold, event: &Event) -> StoreResult<()> {
        let gives_way = Expression::new("attribute_not_exists(pk) OR #until < :until")
            .name("#until", "until")
            .value(":until", text(hold.until.to_string()));
        match self.write(put(encode(hold, 1, Some(event))?, Some(gives_way))).await {
            Ok(()) | Err(Refused::Condition(_)) => Ok(()),
            Err(refused) => Err(refused.into()),
        }
    }

    async fn find(&self, workspace: &WorkspaceId, companies: &[&str]) -> StoreResult<Vec<CompanyHold>> {
        let keys: Vec<_> = companies.iter().map(|company| keys::company_hold(workspace, company)).collect();
        self.read_many(&keys).await
    }

    async fn register_lead(
        &self,
        workspace: &WorkspaceId,
        company: &str,
        lead: &LeadId,
        until: Timestamp,
    ) -> StoreResult<()> {
        let key = keys::of_company(workspace, company, lead);
        let item = Item::from([
            ("pk".to_owned(), text(key.pk())),
            ("sk".to_owned(), text(key.sk())),
            ("entity".to_owned(), text("of_company")),
            ("v".to_owned(), number(1)),
            ("lead".to_owned(), text(lead.as_str())),
            ("ttl".to_owned(), number(expiry_second(until))),
        ]);
        Ok(self.write(put(item, None)).await?)
    }

    async fn registered_leads(
        &self,
        workspace: &WorkspaceId,
        company: &str,
        page: PageRequest,
    ) -> StoreResult<Page<LeadId>> {
        let partition = keys::company(workspace, company);
        let people = |item: &Item| text_of(item, "lead").is_some_and(|_| text_of(item, "until").is_none());
        let found = self.page(&partition, Order::Table, page.limit, page.cursor.as_deref(), people).await?;
        let lead = |item: &Item| LeadId::parse(text_of(item, "lead")?).ok();
        Ok(Page { items: found.items.iter().filter_map(lead).collect(), next_cursor: found.next_cursor })
    }

    async fn unregister_leads(
        &self,
        workspace: &WorkspaceId,
        company: &str,
        leads: &[LeadId],
    ) -> StoreResult<()> {
        let keys: Vec<_> = leads.iter().map(|lead| keys::of_company(workspace, company, lead)).collect();
        self.delete_all(&keys).await
    }

    async fn records(
        &self,
        workspace: &WorkspaceId,
        domains: &[DomainName],
    ) -> StoreResult<Vec<CompanyRecord>> {
        let keys: Vec<_> =
            domains.iter().map(|domain| keys::company_record(workspace, domain.as_str())).collect();
        self.read_many(&keys).await
    }

    async fn save_record(&self, record: &CompanyRecord, event: &Event) -> StoreResult<u64> {
        self.save_entity(record, Some(event)).await
    }
}

plain_item! { CompanyRecordItem of CompanyRecord, rev, {
    workspace: WorkspaceId,
    domain: DomainName,
    name: Option<String>,
    parent: Option<DomainName>,
    owner: Option<UserId>,
    note: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
} }

impl Stored for CompanyRecord {
    const ENTITY: &'static str = "company";
    type Scope = Tenant;
    type Body = CompanyRecordItem;

    fn key(&self) -> Key<Tenant> {
        keys::company_record(&self.workspace, self.domain.as_str())
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> CompanyRecordItem {
        CompanyRecordItem::of(self)
    }
    fn from_body(body: CompanyRecordItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}

plain_item! { CompanyHoldItem of CompanyHold, {
    workspace: WorkspaceId,
    company: String,
    lead: LeadId,
    since: Timestamp,
    until: Timestamp,
} }

impl Stored for CompanyHold {
    const ENTITY: &'static str = "company_hold";
    type Scope = Tenant;
    type Body = CompanyHoldItem;

    fn key(&self) -> Key<Tenant> {
        keys::company_hold(&self.workspace, &self.company)
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.until)
    }
    fn body(&self, _rev: u64) -> CompanyHoldItem {
        CompanyHoldItem::of(self)
    }
    fn from_body(body: CompanyHoldItem, _head: &Head) -> Result<Self, String> {
        Ok(body.into_entity())
    }
}
