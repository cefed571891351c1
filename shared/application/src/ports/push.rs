//! Stores tickets and connections of open pages, and reaches these pages.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::workspace::push::{PushConnection, PushTicket};

#[async_trait]
pub trait PushStore: Send + Sync {
    async fn put_ticket(&self, ticket: &PushTicket) -> StoreResult<()>;
    /// Uses up a ticket. `NotFound` where it is unknown or was used; MUST give it to one of several requests only.
    async fn take_ticket(&self, workspace: &WorkspaceId, token_hash: &str) -> StoreResult<PushTicket>;
    async fn put_connection(&self, connection: &PushConnection) -> StoreResult<()>;
    /// Lists the workspace's connections.
    async fn connections(&self, workspace: &WorkspaceId) -> StoreResult<Vec<PushConnection>>;
    async fn forget_connections(&self, gone: &[PushConnection]) -> StoreResult<()>;
}

/// The connections of open pages.
#[async_trait]
pub trait PushSender: Send + Sync {
    /// Sends a text to a connection. `NotFound` where the connection is over.
    async fn send(&self, connection: &str, text: &str) -> StoreResult<()>;
    /// Closes a connection; one that is over stays so.
    async fn close(&self, connection: &str) -> StoreResult<()>;
    /// Returns the address that a page connects to, `wss://…`; none where this installation has none.
    fn address(&self) -> Option<String>;
}
