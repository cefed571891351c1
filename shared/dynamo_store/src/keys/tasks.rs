//! The lists of tasks: the open ones, and the calls that were made. The call that a user makes now.

use super::{Key, Listing, Partition, Tenant, listing, of};
use crate::times::sortable;
use domain::{TaskId, UserId, WorkspaceId};
use jiff::Timestamp;

pub(crate) fn open_tasks(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "TASKS")
}

pub(crate) fn task_listing(workspace: &WorkspaceId, due: Timestamp, id: &TaskId) -> Listing {
    listing(open_tasks(workspace), format!("{}#{}", sortable(due), id.as_str()))
}

pub(crate) fn calls(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "CALLS")
}

pub(crate) fn call_listing(workspace: &WorkspaceId, made: Timestamp, id: &TaskId) -> Listing {
    listing(calls(workspace), format!("{}#{}", sortable(made), id.as_str()))
}

/// The key of the call that the app places for this user; the user's next call takes its place.
pub(crate) fn call(workspace: &WorkspaceId, user: &UserId) -> Key<Tenant> {
    of(workspace, "CALLING").at(user.ulid_text())
}
