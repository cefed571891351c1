//! Quotas and booked slots of accounts: one small item beside each account that has limits.

use crate::item::{Head, Stored, encode, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::query::Query;
use crate::table::Table;
use crate::write::unchanged;
use application::StoreResult;
use application::ports::quotas::QuotaStore;
use async_trait::async_trait;
use domain::capacity::capacity_calendar::CapacityCalendar;
use domain::capacity::quota::Quota;
use domain::event::Event;
use domain::{AccountId, WorkspaceId};
use jiff::Timestamp;
use jiff::civil::Date;

#[async_trait]
impl QuotaStore for Table {
    async fn get(&self, workspace: &WorkspaceId, account: &AccountId) -> StoreResult<Option<Quota>> {
        self.find(&keys::quota(workspace, account)).await
    }

    async fn save(&self, quota: &Quota, event: &Event) -> StoreResult<u64> {
        self.save_entity(quota, Some(event)).await
    }

    async fn save_once(&self, quota: &Quota, event: &Event) -> StoreResult<()> {
        let item = encode(quota, quota.rev + 1, Some(event))?;
        Ok(self.put_once(item, unchanged(quota.rev)).await?)
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Quota>> {
        self.query_all(Query::table(&keys::quotas(workspace))).await
    }
}

plain_item! { QuotaItem of Quota, rev, {
    workspace: WorkspaceId,
    account: AccountId,
    day: Date,
    taken: u32,
    taken_new: u32,
    by_hour: Vec<u32>,
    hour: Timestamp,
    taken_in_hour: u32,
    free: Timestamp,
    line_from: Date,
    #[serde(default)]
    lines: Vec<CapacityCalendar>,
} }

impl Stored for Quota {
    const ENTITY: &'static str = "quota";
    type Scope = Tenant;
    type Body = QuotaItem;

    fn key(&self) -> Key<Tenant> {
        keys::quota(&self.workspace, &self.account)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> QuotaItem {
        QuotaItem::of(self)
    }
    fn from_body(body: QuotaItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
