//! Bulk messages: one small item each; their counters are stored elsewhere.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::query::Query;
use crate::table::Table;
use application::StoreResult;
use application::ports::bulk_messages::BulkMessageStore;
use async_trait::async_trait;
use domain::contact::channel::Channel;
use domain::event::Event;
use domain::message::bulk_message::{BulkMessage, BulkMessageCounts};
use domain::{AccountId, BulkMessageId, UserId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl BulkMessageStore for Table {
    async fn get(&self, workspace: &WorkspaceId, id: &BulkMessageId) -> StoreResult<BulkMessage> {
        self.read(&keys::bulk_message(workspace, id)).await
    }

    async fn save(&self, bulk_message: &BulkMessage, event: &Event) -> StoreResult<u64> {
        self.save_entity(bulk_message, Some(event)).await
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<BulkMessage>> {
        self.query_all(Query::table(&keys::bulk_messages(workspace)).eventual().descending().limit(50)).await
    }
}

plain_item! { BulkMessageItem of BulkMessage, rev, {
    id: BulkMessageId,
    workspace: WorkspaceId,
    author: UserId,
    channel: Channel,
    account: AccountId,
    subject: String,
    people: u32,
    counts: BulkMessageCounts,
    send_at: Option<Timestamp>,
    created_at: Timestamp,
    finished_at: Option<Timestamp>,
    cancelled_at: Option<Timestamp>,
} }

impl Stored for BulkMessage {
    const ENTITY: &'static str = "bulk_message";
    type Scope = Tenant;
    type Body = BulkMessageItem;

    fn key(&self) -> Key<Tenant> {
        keys::bulk_message(&self.workspace, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> BulkMessageItem {
        BulkMessageItem::of(self)
    }
    fn from_body(body: BulkMessageItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
