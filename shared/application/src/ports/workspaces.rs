//! Stores workspaces.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::event::Event;
use domain::workspace::Workspace;
use domain::workspace::tracking_domain::TrackingDomain;

#[async_trait]
pub trait WorkspaceStore: Send + Sync {
    /// Reads a workspace. Strongly consistent, because the preflight of a send reads it.
    async fn get(&self, id: &WorkspaceId) -> StoreResult<Workspace>;
    /// Saves a workspace whose tracking domain has the name that was read; its state may have changed.
    async fn save(&self, workspace: &Workspace, event: &Event) -> StoreResult<u64>;
    /// Gives the workspace another tracking domain or none, and saves it. In one transaction with that, the domain MUST
    /// become this workspace's alone in the installation, and the one that the workspace had MUST become free. Returns the
    /// workspace as it is stored.
    async fn set_tracking_domain(
        &self,
        workspace: Workspace,
        domain: Option<TrackingDomain>,
        event: &Event,
    ) -> StoreResult<Result<Workspace, DomainTaken>>;
    /// Returns the ids of all workspaces, for scheduled jobs.
    async fn ids(&self) -> StoreResult<Vec<WorkspaceId>>;
}

/// Another workspace of the installation has the tracking domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DomainTaken;
