//! The access log: a partition for each workspace, in order of time.

use crate::errors::Refused;
use crate::item::{Head, Stored, decode, encode, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::pages::Order;
use crate::table::Table;
use crate::times::passes;
use crate::write::{absent, put};
use application::ports::access_log::AccessLogStore;
use application::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::event::UserOrKey;
use domain::workspace::access_record::{AccessKind, AccessRecord};
use domain::{AccessRecordId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl AccessLogStore for Table {
    async fn add(&self, record: &AccessRecord) -> StoreResult<()> {
        // An event would stay in the log of changes for good, and tell every open page.
        match self.write(put(encode(record, 1, None)?, absent())).await {
            Ok(()) | Err(Refused::Condition(_)) => Ok(()),
            Err(refused) => Err(refused.into()),
        }
    }

    async fn list(&self, workspace: &WorkspaceId, page: PageRequest) -> StoreResult<Page<AccessRecord>> {
        let partition = [keys::access_records(workspace)];
        let limit = page.limit.clamp(1, 200);
        let found =
            self.page_merged(&partition, Order::TableDescending, limit, page.cursor.as_deref()).await?;
        let items = found.items.into_iter().map(decode).collect::<StoreResult<_>>()?;
        Ok(Page { items, next_cursor: found.next_cursor })
    }
}

plain_item! { AccessRecordItem of AccessRecord, {
    id: AccessRecordId,
    workspace: WorkspaceId,
    kind: AccessKind,
    by: UserOrKey,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    network: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    leads: Option<u64>,
    at: Timestamp,
} }

impl Stored for AccessRecord {
    const ENTITY: &'static str = "access_record";
    type Scope = Tenant;
    type Body = AccessRecordItem;

    fn key(&self) -> Key<Tenant> {
        keys::access_record(&self.workspace, &self.id)
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(passes(self.at))
    }
    fn body(&self, _rev: u64) -> AccessRecordItem {
        AccessRecordItem::of(self)
    }
    fn from_body(body: AccessRecordItem, _head: &Head) -> Result<Self, String> {
        Ok(body.into_entity())
    }
}
