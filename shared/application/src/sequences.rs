//! Sequences and their versions, which never change once stored.

use crate::store::StoreResult;
use async_trait::async_trait;
use domain::event::Event;
use domain::sequence::{Sequence, SequenceVersion};
use domain::{SequenceId, WorkspaceId};

#[async_trait]
pub trait SequenceStore: Send + Sync {
    async fn get(&self, workspace: &WorkspaceId, id: &SequenceId) -> StoreResult<Sequence>;
    /// Stores the sequence and, in the same transaction, its present version if that number is new.
    async fn save(&self, sequence: &Sequence, event: &Event) -> StoreResult<u64>;
    async fn version(
        &self,
        workspace: &WorkspaceId,
        id: &SequenceId,
        version: u32,
    ) -> StoreResult<SequenceVersion>;
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Sequence>>;
}
