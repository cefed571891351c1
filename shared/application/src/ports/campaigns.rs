//! Stores campaigns.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::campaign::Campaign;
use domain::event::Event;
use domain::{CampaignId, WorkspaceId};

#[async_trait]
pub trait CampaignStore: Send + Sync {
    /// Reads a campaign. Strongly consistent, because the preflight of a send reads it.
    async fn get(&self, workspace: &WorkspaceId, id: &CampaignId) -> StoreResult<Campaign>;
    async fn save(&self, campaign: &Campaign, event: &Event) -> StoreResult<u64>;
    /// Returns all campaigns, newest first; a workspace has at most a few hundred.
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Campaign>>;
}
