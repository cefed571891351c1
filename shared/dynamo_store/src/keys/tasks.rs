//! The lists of tasks: the open ones, and the calls that were made.

use super::{Listing, Partition, Tenant, listing, of};
use crate::times::sortable;
use domain::{TaskId, WorkspaceId};
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
