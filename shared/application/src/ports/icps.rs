//! Stores the ideal customer profiles (ICPs) of a workspace.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::event::Event;
use domain::icp::Icp;
use domain::{IcpId, WorkspaceId};

#[async_trait]
pub trait IcpStore: Send + Sync {
    async fn get(&self, workspace: &WorkspaceId, id: &IcpId) -> StoreResult<Icp>;

    /// Returns all ICPs, in no particular order.
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Icp>>;

    /// Stores an ICP, and that its name is taken instead of `former_name`. In the same transaction `no_longer_main`, an
    /// ICP as it was read, stops being the main one. `NameTaken` if another ICP has the name: nothing is written then.
    async fn save(
        &self,
        icp: &Icp,
        former_name: Option<&str>,
        no_longer_main: Option<&Icp>,
        event: &Event,
    ) -> StoreResult<IcpSaved>;

    /// Deletes an ICP as it was read, and frees its name.
    async fn delete(&self, icp: &Icp, event: &Event) -> StoreResult<()>;
}

/// What became of an ICP that was to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IcpSaved {
    /// It is stored with this revision.
    At(u64),
    NameTaken,
}
