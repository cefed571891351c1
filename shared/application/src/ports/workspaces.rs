//! Stores workspaces.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::event::Event;
use domain::workspace::Workspace;
use domain::workspace::tracking_domain::{DomainName, TrackingDomain};

#[async_trait]
pub trait WorkspaceStore: Send + Sync {
    /// Reads a workspace. Strongly consistent, because the preflight of a send reads it.
    async fn get(&self, id: &WorkspaceId) -> StoreResult<Workspace>;
    /// Saves a workspace whose tracking domain has the name that was read; its state may have changed.
    async fn save(&self, workspace: &Workspace, event: &Event) -> StoreResult<u64>;
    /// Gives the workspace a tracking domain or none, and saves it. In one transaction with that, a domain that works MUST
    /// become this workspace's alone in the installation, unless it works for another one, and the one that the workspace
    /// had MUST become free. A domain that does not work is nobody's: any workspace may enter it. Returns the workspace as it
    /// is stored.
    async fn set_tracking_domain(
        &self,
        workspace: Workspace,
        domain: Option<TrackingDomain>,
        event: &Event,
    ) -> StoreResult<Result<Workspace, DomainTaken>>;
    /// Tells whether a tracking domain works for another workspace.
    async fn is_domain_taken(&self, workspace: &WorkspaceId, name: &DomainName) -> StoreResult<bool>;
    /// Returns the ids of all workspaces, for scheduled jobs.
    async fn ids(&self) -> StoreResult<Vec<WorkspaceId>>;
}

/// The tracking domain works for another workspace of the installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DomainTaken;
