//! Stores bulk messages, and how far each of them is.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::BulkMessageId;
use domain::WorkspaceId;
use domain::event::Event;
use domain::message::bulk_message::BulkMessage;

#[async_trait]
pub trait BulkMessageStore: Send + Sync {
    /// Reads a bulk message. Strongly consistent, because a sender reads from it whether it was cancelled.
    async fn get(&self, workspace: &WorkspaceId, id: &BulkMessageId) -> StoreResult<BulkMessage>;
    async fn save(&self, bulk_message: &BulkMessage, event: &Event) -> StoreResult<u64>;
    /// Returns the last fifty, newest first.
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<BulkMessage>>;
}
