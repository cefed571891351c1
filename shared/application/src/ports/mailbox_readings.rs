//! Stores how far each mailbox was read.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::workspace::mailbox_reading::MailboxReading;
use domain::{AccountId, WorkspaceId};

#[async_trait]
pub trait MailboxReadingStore: Send + Sync {
    /// Reads how far the mailbox was read, as it is at this moment. `None`: it was never read.
    async fn get(&self, workspace: &WorkspaceId, account: &AccountId) -> StoreResult<Option<MailboxReading>>;
    /// Stores a reading and returns its revision. MUST be refused with `Conflict` where another was stored since this
    /// one was read.
    async fn save(&self, reading: &MailboxReading) -> StoreResult<u64>;
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<MailboxReading>>;
    /// Deletes the reading of an account that is gone.
    async fn forget(&self, workspace: &WorkspaceId, account: &AccountId) -> StoreResult<()>;
}
