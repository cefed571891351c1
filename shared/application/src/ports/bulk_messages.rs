//! Stores bulk messages, and how far each of them is.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::MailingId;
use domain::WorkspaceId;
use domain::event::Event;
use domain::message::bulk_message::Mailing;

#[async_trait]
pub trait MailingStore: Send + Sync {
    /// Reads a bulk message. Strongly consistent, because a sender reads from it whether it was cancelled.
    async fn get(&self, workspace: &WorkspaceId, id: &MailingId) -> StoreResult<Mailing>;
    async fn save(&self, mailing: &Mailing, event: &Event) -> StoreResult<u64>;
    /// Returns the last fifty, newest first.
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Mailing>>;
}
