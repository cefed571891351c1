//! Bulk messages: one small item each; their counters are stored elsewhere.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::query::Query;
use crate::table::Table;
use application::StoreResult;
use application::ports::bulk_messages::MailingStore;
use async_trait::async_trait;
use domain::contact::channel::Channel;
use domain::event::Event;
use domain::message::bulk_message::{Mailing, MailingCounts};
use domain::{ConnectionId, MailingId, UserId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl MailingStore for Table {
    async fn get(&self, workspace: &WorkspaceId, id: &MailingId) -> StoreResult<Mailing> {
        self.read(&keys::mailing(workspace, id)).await
    }

    async fn save(&self, mailing: &Mailing, event: &Event) -> StoreResult<u64> {
        self.save_entity(mailing, Some(event)).await
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Mailing>> {
        self.query_all(Query::table(&keys::mailings(workspace)).eventual().descending().limit(50)).await
    }
}

plain_item! { MailingItem of Mailing, rev, {
    id: MailingId,
    workspace: WorkspaceId,
    author: UserId,
    channel: Channel,
    connection: ConnectionId,
    subject: String,
    people: u32,
    counts: MailingCounts,
    send_at: Option<Timestamp>,
    created_at: Timestamp,
    finished_at: Option<Timestamp>,
    cancelled_at: Option<Timestamp>,
} }

impl Stored for Mailing {
    const ENTITY: &'static str = "mailing";
    type Scope = Tenant;
    type Body = MailingItem;

    fn key(&self) -> Key<Tenant> {
        keys::mailing(&self.workspace, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> MailingItem {
        MailingItem::of(self)
    }
    fn from_body(body: MailingItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
