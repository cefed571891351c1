//! How far each mailbox was read: an item beside its account.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::query::Query;
use crate::table::Table;
use crate::write::delete;
use application::StoreResult;
use application::ports::mailbox_readings::MailboxReadingStore;
use async_trait::async_trait;
use domain::workspace::mailbox_push::PushSubscription;
use domain::workspace::mailbox_reading::{FailingMail, MailboxReading, ReadFailure};
use domain::{AccountId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl MailboxReadingStore for Table {
    async fn get(&self, workspace: &WorkspaceId, account: &AccountId) -> StoreResult<Option<MailboxReading>> {
        self.find(&keys::mailbox_reading(workspace, account)).await
    }

    async fn save(&self, reading: &MailboxReading) -> StoreResult<u64> {
        self.save_entity(reading, None).await
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<MailboxReading>> {
        self.query_all(Query::table(&keys::mailbox_readings(workspace))).await
    }

    async fn forget(&self, workspace: &WorkspaceId, account: &AccountId) -> StoreResult<()> {
        Ok(self.write(delete(&keys::mailbox_reading(workspace, account), None)).await?)
    }
}

plain_item! { MailboxReadingItem of MailboxReading, rev, {
    workspace: WorkspaceId,
    account: AccountId,
    mailbox: String,
    since: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    handed_over: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    failing: Vec<FailingMail>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    complete_at: Option<Timestamp>,
    next_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    leased_until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    safety_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not_before: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<ReadFailure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    push: Option<PushSubscription>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    push_retry_at: Option<Timestamp>,
} }

impl Stored for MailboxReading {
    const ENTITY: &'static str = "mailbox_reading";
    type Scope = Tenant;
    type Body = MailboxReadingItem;

    fn key(&self) -> Key<Tenant> {
        keys::mailbox_reading(&self.workspace, &self.account)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> MailboxReadingItem {
        MailboxReadingItem::of(self)
    }
    fn from_body(body: MailboxReadingItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
