//! Searches for prospects with their pages, which expire, and what was done about each prospect.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{Key, Tenant, prospects as keys};
use crate::query::{Query, Range};
use crate::table::Table;
use crate::write::{put, saving};
use application::StoreResult;
use application::ports::prospects::ProspectStore;
use async_trait::async_trait;
use domain::event::{Event, UserOrKey};
use domain::prospect::{
    KeptPage, KeptSearch, Prospect, ProspectFilters, ProspectPaid, ProspectRecord, ProspectState,
};
use domain::spend::Usd;
use domain::{IcpId, ProspectSearchId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl ProspectStore for Table {
    async fn search(&self, workspace: &WorkspaceId, id: &ProspectSearchId) -> StoreResult<KeptSearch> {
        self.read(&keys::prospect_search(workspace, id)).await
    }

    async fn save_search(&self, search: &KeptSearch, event: &Event) -> StoreResult<u64> {
        self.save_entity(search, Some(event)).await
    }

    async fn save_page(&self, search: &KeptSearch, page: &KeptPage, event: &Event) -> StoreResult<u64> {
        let page = put(crate::item::encode(page, 1, None)?, None);
        self.transact(vec![saving(search, Some(event))?, page]).await?;
        Ok(search.rev + 1)
    }

    async fn page(
        &self,
        workspace: &WorkspaceId,
        search: &ProspectSearchId,
        number: u32,
    ) -> StoreResult<KeptPage> {
        self.read(&keys::prospect_page(workspace, search, number)).await
    }

    async fn pages(&self, workspace: &WorkspaceId, search: &ProspectSearchId) -> StoreResult<Vec<KeptPage>> {
        let (partition, pages) = keys::prospect_pages(workspace, search);
        self.query_all(Query::table(&partition).range(Range::Prefix(pages))).await
    }

    async fn records(&self, workspace: &WorkspaceId, prospects: &[&str]) -> StoreResult<Vec<ProspectRecord>> {
        let keys: Vec<_> = prospects.iter().map(|id| keys::prospect_record(workspace, id)).collect();
        self.read_many(&keys).await
    }

    async fn save_record(&self, record: &ProspectRecord) -> StoreResult<u64> {
        self.save_entity(record, None).await
    }
}

plain_item! { KeptSearchItem of KeptSearch, rev, {
    id: ProspectSearchId,
    workspace: WorkspaceId,
    provider: String,
    filters: ProspectFilters,
    icp: Option<IcpId>,
    unasked: Vec<String>,
    page_size: u32,
    total: Option<u64>,
    pages: u32,
    asking: Option<u32>,
    next: Option<String>,
    cost: Usd,
    by: Option<UserOrKey>,
    created_at: Timestamp,
    expires_at: Timestamp,
} }

impl Stored for KeptSearch {
    const ENTITY: &'static str = "prospect_search";
    type Scope = Tenant;
    type Body = KeptSearchItem;

    fn key(&self) -> Key<Tenant> {
        keys::prospect_search(&self.workspace, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
    fn body(&self, _rev: u64) -> KeptSearchItem {
        KeptSearchItem::of(self)
    }
    fn from_body(body: KeptSearchItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}

plain_item! { KeptPageItem of KeptPage, {
    workspace: WorkspaceId,
    search: ProspectSearchId,
    number: u32,
    prospects: Vec<Prospect>,
    expires_at: Timestamp,
} }

impl Stored for KeptPage {
    const ENTITY: &'static str = "prospect_page";
    type Scope = Tenant;
    type Body = KeptPageItem;

    fn key(&self) -> Key<Tenant> {
        keys::prospect_page(&self.workspace, &self.search, self.number)
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
    fn body(&self, _rev: u64) -> KeptPageItem {
        KeptPageItem::of(self)
    }
    fn from_body(body: KeptPageItem, _head: &Head) -> Result<Self, String> {
        Ok(body.into_entity())
    }
}

plain_item! { ProspectRecordItem of ProspectRecord, rev, {
    workspace: WorkspaceId,
    prospect: String,
    provider: String,
    state: ProspectState,
    request: String,
    paid: Option<ProspectPaid>,
    at: Timestamp,
} }

impl Stored for ProspectRecord {
    const ENTITY: &'static str = "prospect_record";
    type Scope = Tenant;
    type Body = ProspectRecordItem;

    fn key(&self) -> Key<Tenant> {
        keys::prospect_record(&self.workspace, &self.prospect)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn expires(&self) -> Option<Timestamp> {
        ProspectRecord::expires(self)
    }
    fn body(&self, _rev: u64) -> ProspectRecordItem {
        ProspectRecordItem::of(self)
    }
    fn from_body(body: ProspectRecordItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
