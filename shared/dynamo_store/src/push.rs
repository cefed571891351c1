//! Tickets and connections of open pages. Both expire by themselves: neither is told in the log.

use crate::errors::Refused;
use crate::item::{Head, Stored, encode, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::query::Query;
use crate::table::Table;
use crate::write::{absent, delete, present, put};
use application::ports::push::PushStore;
use application::{StoreError, StoreResult};
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::workspace::push::{LONGEST_CONNECTION, PushConnection, PushSession, PushTicket};
use jiff::Timestamp;

#[async_trait]
impl PushStore for Table {
    async fn put_ticket(&self, ticket: &PushTicket) -> StoreResult<()> {
        Ok(self.write(put(encode(ticket, 1, None)?, absent())).await?)
    }

    async fn take_ticket(&self, workspace: &WorkspaceId, token_hash: &str) -> StoreResult<PushTicket> {
        let ticket: PushTicket = self.read(&keys::push::push_ticket(workspace, token_hash)).await?;
        match self.write(delete(&ticket.key(), present())).await {
            Ok(()) => Ok(ticket),
            Err(Refused::Condition(_)) => Err(StoreError::NotFound),
            Err(refused) => Err(refused.into()),
        }
    }

    async fn put_connection(&self, connection: &PushConnection) -> StoreResult<()> {
        Ok(self.write(put(encode(connection, 1, None)?, absent())).await?)
    }

    async fn connections(&self, workspace: &WorkspaceId) -> StoreResult<Vec<PushConnection>> {
        self.query_all(Query::table(&keys::push::push_connections(workspace))).await
    }

    async fn forget_connections(&self, gone: &[PushConnection]) -> StoreResult<()> {
        let keys: Vec<_> = gone.iter().map(Stored::key).collect();
        self.delete_all(&keys).await
    }
}

plain_item! { PushTicketItem of PushTicket, {
    workspace: WorkspaceId,
    token_hash: String,
    of: PushSession,
    expires_at: Timestamp,
} }

impl Stored for PushTicket {
    const ENTITY: &'static str = "push_ticket";
    type Scope = Tenant;
    type Body = PushTicketItem;

    fn key(&self) -> Key<Tenant> {
        keys::push::push_ticket(&self.workspace, &self.token_hash)
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
    fn body(&self, _rev: u64) -> PushTicketItem {
        PushTicketItem::of(self)
    }
    fn from_body(body: PushTicketItem, _head: &Head) -> Result<Self, String> {
        Ok(body.into_entity())
    }
}

plain_item! { PushConnectionItem of PushConnection, {
    workspace: WorkspaceId,
    id: String,
    of: PushSession,
    opened_at: Timestamp,
} }

impl Stored for PushConnection {
    const ENTITY: &'static str = "push_connection";
    type Scope = Tenant;
    type Body = PushConnectionItem;

    fn key(&self) -> Key<Tenant> {
        keys::push::push_connection(&self.workspace, &self.id)
    }
    fn expires(&self) -> Option<Timestamp> {
        self.opened_at.checked_add(LONGEST_CONNECTION).ok()
    }
    fn body(&self, _rev: u64) -> PushConnectionItem {
        PushConnectionItem::of(self)
    }
    fn from_body(body: PushConnectionItem, _head: &Head) -> Result<Self, String> {
        Ok(body.into_entity())
    }
}
