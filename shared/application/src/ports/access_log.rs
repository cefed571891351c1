//! Stores the access log of each workspace.

use crate::ports::store::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::workspace::access_record::AccessRecord;

#[async_trait]
pub trait AccessLogStore: Send + Sync {
    /// Adds an entry. It MUST NOT be in the log of changes, which keeps for good what the access log forgets. A known id
    /// changes nothing.
    async fn add(&self, record: &AccessRecord) -> StoreResult<()>;
    /// Returns the entries, newest first.
    async fn list(&self, workspace: &WorkspaceId, page: PageRequest) -> StoreResult<Page<AccessRecord>>;
}
