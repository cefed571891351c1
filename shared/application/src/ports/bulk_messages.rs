//! Stores bulk messages, and how far each of them is.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::MailingId;
use domain::WorkspaceId;
use domain::event::Event;
use domain::message::bulk_message::Mailing;

#[async_trait]
pub trait MailingStore: Send + Sync {
    /// Strongly consistent: whether it was cancelled is read from it.
    async fn get(&self, workspace: &WorkspaceId, id: &MailingId) -> StoreResult<Mailing>;
    async fn save(&self, mailing: &Mailing, event: &Event) -> StoreResult<u64>;
    /// Newest first, the last fifty.
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Mailing>>;
}
