//! The lists of tasks: the open ones, and the calls that were made. The call that a user makes now, recordings, and what
//! calls cost.

use super::{Key, Listing, Partition, Tenant, lead_partition, listing, of};
use crate::times::sortable;
use domain::{CallId, TaskId, UserId, WorkspaceId};
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

/// The beginning of the sort keys of a lead's recordings.
pub(crate) const RECORDINGS: &str = "RECORDING#";

/// The position of an id's own characters: after the prefix and the lead's 26.
const CALL_TAIL: usize = CallId::PREFIX.len() + 27;

pub(crate) fn recording(workspace: &WorkspaceId, call: &CallId) -> Key<Tenant> {
    lead_partition(workspace, &call.lead()).at(format!("{RECORDINGS}{}", &call.as_str()[CALL_TAIL..]))
}

pub(crate) fn call_cost(workspace: &WorkspaceId, call: &CallId) -> Key<Tenant> {
    lead_partition(workspace, &call.lead()).at(format!("CALLCOST#{}", &call.as_str()[CALL_TAIL..]))
}

pub(crate) fn recordings(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "RECORDINGS")
}

pub(crate) fn recording_listing(workspace: &WorkspaceId, made: Timestamp, call: &CallId) -> Listing {
    listing(recordings(workspace), format!("{}#{}", sortable(made), call.as_str()))
}
