//! Circuit breakers: an item beside each account that ever failed, so that a user who edits the account meets
//! no conflict with it.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::query::Query;
use crate::table::Table;
use crate::write::delete;
use application::StoreResult;
use application::ports::circuit_breakers::BreakerStore;
use async_trait::async_trait;
use domain::capacity::circuit_breaker::{Breaker, BreakerState};
use domain::event::Event;
use domain::{AccountId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl BreakerStore for Table {
    async fn get(&self, workspace: &WorkspaceId, account: &AccountId) -> StoreResult<Option<Breaker>> {
        self.find(&keys::breaker(workspace, account)).await
    }

    async fn save(&self, breaker: &Breaker, event: &Event) -> StoreResult<u64> {
        self.save_entity(breaker, Some(event)).await
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Breaker>> {
        self.query_all(Query::table(&keys::breakers(workspace))).await
    }

    async fn forget(&self, workspace: &WorkspaceId, account: &AccountId) -> StoreResult<()> {
        Ok(self.write(delete(&keys::breaker(workspace, account), None)).await?)
    }
}

plain_item! { BreakerItem of Breaker, rev, {
    workspace: WorkspaceId,
    account: AccountId,
    state: BreakerState,
    failures: u8,
    failed_at: Option<Timestamp>,
    retries: u8,
    openings: u8,
    since: Option<Timestamp>,
} }

impl Stored for Breaker {
    const ENTITY: &'static str = "breaker";
    type Scope = Tenant;
    type Body = BreakerItem;

    fn key(&self) -> Key<Tenant> {
        keys::breaker(&self.workspace, &self.account)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> BreakerItem {
        BreakerItem::of(self)
    }
    fn from_body(body: BreakerItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
