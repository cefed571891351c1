//! Stores preview pages by their token, a system look-up that holds ids only, and the blocks that a campaign's page
//! consists of.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::campaign::page_blocks::CampaignPage;
use domain::event::Event;
use domain::workspace::preview_page::PreviewPage;
use domain::{CampaignId, LeadId, UserId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
pub trait PreviewStore: Send + Sync {
    /// Stores a new page; `Conflict` if the lead has one: read it with `of_lead`.
    async fn create(&self, page: &PreviewPage) -> StoreResult<()>;
    async fn by_token(&self, token: &str) -> StoreResult<PreviewPage>;
    async fn of_lead(&self, workspace: &WorkspaceId, lead: &LeadId) -> StoreResult<Option<PreviewPage>>;
    async fn revoke(&self, workspace: &WorkspaceId, lead: &LeadId) -> StoreResult<()>;
    /// Opens the lead's page again, or keeps it open longer.
    async fn reopen(&self, workspace: &WorkspaceId, lead: &LeadId, until: Timestamp) -> StoreResult<()>;

    /// Returns the campaign's own page, if it has one.
    async fn campaign_page(
        &self,
        workspace: &WorkspaceId,
        id: &CampaignId,
    ) -> StoreResult<Option<CampaignPage>>;
    /// Saves the campaign's page, if it is still at the revision that `page` has, and returns the new revision.
    async fn save_campaign_page(&self, page: &CampaignPage, event: &Event) -> StoreResult<u64>;
    async fn delete_campaign_page(&self, page: &CampaignPage, event: &Event) -> StoreResult<()>;

    /// Keeps what a user is editing until then, so that a frame of the app can show it.
    async fn put_draft(&self, draft: &CampaignPage, by: &UserId, until: Timestamp) -> StoreResult<()>;
    async fn draft(
        &self,
        workspace: &WorkspaceId,
        id: &CampaignId,
        by: &UserId,
    ) -> StoreResult<Option<CampaignPage>>;
}
