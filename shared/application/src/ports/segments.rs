//! Stores the segments of a workspace.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::event::Event;
use domain::lead::segment::Segment;
use domain::{SegmentId, WorkspaceId};

#[async_trait]
pub trait SegmentStore: Send + Sync {
    async fn get(&self, workspace: &WorkspaceId, id: &SegmentId) -> StoreResult<Segment>;

    /// Returns all segments, in no particular order.
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Segment>>;

    /// Stores a segment, and that its name is taken instead of `former_name`. `NameTaken` if another segment has the
    /// name: nothing is written then.
    async fn save(
        &self,
        segment: &Segment,
        former_name: Option<&str>,
        event: &Event,
    ) -> StoreResult<SegmentSaved>;

    /// Deletes a segment as it was read, and frees its name.
    async fn delete(&self, segment: &Segment, event: &Event) -> StoreResult<()>;
}

/// What became of a segment that was to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentSaved {
    /// It is stored with this revision.
    At(u64),
    NameTaken,
}
