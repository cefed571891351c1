//! Stores the state of auto-enrol: how far a campaign is with its day, and the counts of enrol jobs.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::CampaignId;
use domain::WorkspaceId;
use domain::campaign::auto_enrol::AutoEnrolState;
use domain::campaign::enrol_progress::EnrolCount;
use domain::event::Event;

#[async_trait]
pub trait AutoEnrolStore: Send + Sync {
    async fn get(
        &self,
        workspace: &WorkspaceId,
        campaign: &CampaignId,
    ) -> StoreResult<Option<AutoEnrolState>>;
    async fn save(&self, auto_enrol_state: &AutoEnrolState, event: &Event) -> StoreResult<u64>;
    /// Returns the state of every campaign that was ever on auto-enrol.
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<AutoEnrolState>>;
    /// Replaces what is known of the job: each page counts all pages before it, too.
    async fn put_count(&self, count: &EnrolCount, event: &Event) -> StoreResult<()>;
    /// Returns the counts of the campaign's latest jobs, newest first.
    async fn counts(&self, workspace: &WorkspaceId, campaign: &CampaignId) -> StoreResult<Vec<EnrolCount>>;
}
