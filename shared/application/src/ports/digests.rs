//! Stores when users get their digest, and what is in it.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::event::Event;
use domain::workspace::digest::DigestSettings;
use domain::{UserId, WorkspaceId};

#[async_trait]
pub trait DigestStore: Send + Sync {
    /// Returns a user's settings, the usual ones where nothing was chosen. The answer MUST be strongly consistent.
    async fn settings(&self, workspace: &WorkspaceId, user: &UserId) -> StoreResult<DigestSettings>;
    /// Returns the settings of the workspace's users who have chosen something or got a digest.
    async fn all(&self, workspace: &WorkspaceId) -> StoreResult<Vec<DigestSettings>>;
    /// Saves settings. `Conflict` if they were saved since they were read.
    async fn save(&self, settings: &DigestSettings, event: &Event) -> StoreResult<u64>;
}
