//! Stores preview pages by their token: a system look-up that holds ids only.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::workspace::preview_page::PreviewPage;
use domain::{LeadId, WorkspaceId};

#[async_trait]
pub trait PreviewStore: Send + Sync {
    /// Stores a new page; `Conflict` if the lead has one: read it with `of_lead`.
    async fn create(&self, page: &PreviewPage) -> StoreResult<()>;
    async fn by_token(&self, token: &str) -> StoreResult<PreviewPage>;
    async fn of_lead(&self, workspace: &WorkspaceId, lead: &LeadId) -> StoreResult<Option<PreviewPage>>;
    async fn revoke(&self, workspace: &WorkspaceId, lead: &LeadId) -> StoreResult<()>;
}
