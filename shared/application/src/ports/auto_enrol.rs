//! Stores how far an auto-enrolling campaign is with its day.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::CampaignId;
use domain::WorkspaceId;
use domain::campaign::auto_enrol::Intake;
use domain::campaign::enrol_progress::EnrolCount;
use domain::event::Event;

#[async_trait]
pub trait IntakeStore: Send + Sync {
    async fn get(&self, workspace: &WorkspaceId, campaign: &CampaignId) -> StoreResult<Option<Intake>>;
    async fn save(&self, intake: &Intake, event: &Event) -> StoreResult<u64>;
    /// Of every campaign that was ever evergreen.
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Intake>>;
    /// What is known of the job is replaced: each page tells of all before it.
    async fn put_count(&self, count: &EnrolCount, event: &Event) -> StoreResult<()>;
    /// Of the campaign's latest jobs, newest first.
    async fn counts(&self, workspace: &WorkspaceId, campaign: &CampaignId) -> StoreResult<Vec<EnrolCount>>;
}
