//! Stores the stages and lost reasons of a workspace, and the moves of its leads between stages.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::event::Event;
use domain::lead::stage::{StageMove, Stages};
use jiff::Timestamp;

#[async_trait]
pub trait StageStore: Send + Sync {
    /// Reads the stages; a workspace that has changed none has the usual ones.
    async fn get(&self, workspace: &WorkspaceId) -> StoreResult<Stages>;
    async fn save(&self, stages: &Stages, event: &Event) -> StoreResult<u64>;
    /// Records a move. A repeat changes nothing.
    async fn put_move(&self, made: &StageMove) -> StoreResult<()>;
    /// Returns the moves since then, earliest first, and no more than `most`: the latest ones.
    async fn moves_since(
        &self,
        workspace: &WorkspaceId,
        since: Timestamp,
        most: usize,
    ) -> StoreResult<Vec<StageMove>>;
}
