//! Stores merges of leads, and reads the leads that were absorbed: `LeadStore` has the survivor in their place.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::enrolment::Enrolment;
use domain::event::Event;
use domain::lead::Lead;
use domain::lead::merging::LeadMerge;
use domain::{LeadId, WorkspaceId};

#[async_trait]
pub trait LeadMergeStore: Send + Sync {
    /// Reads leads as they are stored, also absorbed and deleted ones; missing and erased ones are left out.
    async fn stored(&self, workspace: &WorkspaceId, ids: &[LeadId]) -> StoreResult<Vec<Lead>>;

    /// Returns the enrolments that a merge of these leads ends: all of the absorbed lead's, and of the survivor's those
    /// in campaigns in which the absorbed lead has ever been, because it may have had their next message.
    async fn ending(&self, survivor: &Lead, absorbed: &Lead) -> StoreResult<Vec<Enrolment>>;

    /// Merges in one transaction: the survivor is saved, the absorbed lead is hidden, `ending` enrolments end, and the
    /// merge is kept. `Conflict` where one of them was saved since it was read, or another lead has the survivor's
    /// address. Returns the number of enrolments that ended.
    async fn merge(&self, merge: &LeadMerge, absorbed: &Lead, event: &Event) -> StoreResult<usize>;

    /// Returns the merges of which this lead is the survivor, the latest first.
    async fn merges(&self, workspace: &WorkspaceId, survivor: &LeadId) -> StoreResult<Vec<LeadMerge>>;

    /// Undoes a merge in one transaction: both leads are saved with their own keys. `before` is the survivor as it was
    /// read. `Conflict` where one of them was saved since, or another lead has the absorbed one's address.
    async fn unmerge(
        &self,
        merge: &LeadMerge,
        before: &Lead,
        undone: (&Lead, &Lead),
        event: &Event,
    ) -> StoreResult<()>;
}
