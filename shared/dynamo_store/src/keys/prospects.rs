//! The keys of searches for prospects, a partition each with its pages, and of what was done about each prospect.

use super::{Partition, Tenant, WorkspaceKey, of};
use domain::{ProspectSearchId, WorkspaceId};

fn kept(workspace: &WorkspaceId, search: &ProspectSearchId) -> Partition<Tenant> {
    of(workspace, &format!("PROSPECTS#{}", search.ulid_text()))
}

pub(crate) fn prospect_search(workspace: &WorkspaceId, search: &ProspectSearchId) -> WorkspaceKey {
    kept(workspace, search).at("SEARCH")
}

/// The partition of a search's pages, and the beginning of their sort keys.
pub(crate) fn prospect_pages(
    workspace: &WorkspaceId,
    search: &ProspectSearchId,
) -> (Partition<Tenant>, String) {
    (kept(workspace, search), "PAGE#".to_owned())
}

pub(crate) fn prospect_page(workspace: &WorkspaceId, search: &ProspectSearchId, number: u32) -> WorkspaceKey {
    kept(workspace, search).at(format!("PAGE#{number:06}"))
}

/// The key of what was done about a prospect, by its digest.
pub(crate) fn prospect_record(workspace: &WorkspaceId, prospect: &str) -> WorkspaceKey {
    of(workspace, "PROSPECT_RECORDS").at(prospect)
}
