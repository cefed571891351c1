//! The keys of what `record_changes` writes.

use super::{Partition, Tenant, WorkspaceKey, of};
use domain::WorkspaceId;

/// The partition of the changes by number, and behind them the head.
pub(crate) fn changes(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "CHANGES")
}
pub(crate) fn recorded_changes(workspace: &WorkspaceId, number: u64) -> WorkspaceKey {
    changes(workspace).at(format!("{number:010}"))
}
pub(crate) fn change_head(workspace: &WorkspaceId) -> WorkspaceKey {
    changes(workspace).at("~HEAD")
}
