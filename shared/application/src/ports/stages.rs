//! Stores the stages and lost reasons of a workspace.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::event::Event;
use domain::lead::stage::Stages;

#[async_trait]
pub trait StageStore: Send + Sync {
    /// Reads the stages; a workspace that has changed none has the usual ones.
    async fn get(&self, workspace: &WorkspaceId) -> StoreResult<Stages>;
    async fn save(&self, stages: &Stages, event: &Event) -> StoreResult<u64>;
}
