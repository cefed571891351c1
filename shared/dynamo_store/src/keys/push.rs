//! The keys of tickets and connections of open pages.

use super::{Partition, Tenant, WorkspaceKey, of};
use domain::WorkspaceId;

pub(crate) fn push_ticket(workspace: &WorkspaceId, token_hash: &str) -> WorkspaceKey {
    of(workspace, "PUSHTICKETS").at(token_hash)
}

/// The partition of the workspace's open connections.
pub(crate) fn push_connections(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "PUSH")
}

pub(crate) fn push_connection(workspace: &WorkspaceId, id: &str) -> WorkspaceKey {
    push_connections(workspace).at(id)
}
