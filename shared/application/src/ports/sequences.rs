//! Stores sequences, their versions, of which only texts are ever changed, and the rollouts of these.

use crate::ports::store::StoreResult;
use async_trait::async_trait;

use domain::event::Event;
use domain::sequence::rollout::Rollout;
use domain::sequence::{Sequence, SequenceVersion, VersionRecord};
use domain::{RolloutId, SequenceId, WorkspaceId};

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
    /// Reads a version at half the price; its texts may be a moment behind.
    async fn version_for_sending(
        &self,
        workspace: &WorkspaceId,
        id: &SequenceId,
        version: u32,
    ) -> StoreResult<SequenceVersion>;
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Sequence>>;

    async fn version_record(
        &self,
        workspace: &WorkspaceId,
        id: &SequenceId,
        version: u32,
    ) -> StoreResult<VersionRecord>;
    /// Returns the versions, newest first.
    async fn versions(&self, workspace: &WorkspaceId, id: &SequenceId) -> StoreResult<Vec<VersionRecord>>;
    /// Saves the changed texts of a version and, where it is the newest, the sequence that shows it, in one
    /// transaction.
    async fn patch(
        &self,
        record: &VersionRecord,
        sequence: Option<&Sequence>,
        event: &Event,
    ) -> StoreResult<()>;

    async fn rollout(
        &self,
        workspace: &WorkspaceId,
        sequence: &SequenceId,
        id: &RolloutId,
    ) -> StoreResult<Rollout>;
    async fn save_rollout(&self, rollout: &Rollout, event: &Event) -> StoreResult<u64>;
    /// Returns the latest rollouts, newest first.
    async fn rollouts(
        &self,
        workspace: &WorkspaceId,
        sequence: &SequenceId,
        limit: usize,
    ) -> StoreResult<Vec<Rollout>>;
}
