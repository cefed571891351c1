//! The keys of what lists leave out: deleted leads, and groups of leads that are said to be different people.

use super::{Listing, Partition, Tenant, WorkspaceKey, listing, of};
use crate::key_hashes::digest;
use crate::times::sortable;
use domain::{LeadId, WorkspaceId};
use jiff::Timestamp;

/// The partition of the deleted leads that can still be restored, by the time of their deletion.
pub(crate) fn deleted_leads(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "DELETED")
}
pub(crate) fn deleted_lead_listing(workspace: &WorkspaceId, deleted: Timestamp, lead: &LeadId) -> Listing {
    listing(deleted_leads(workspace), format!("{}#{}", sortable(deleted), lead.ulid_text()))
}
/// A sort key after all leads that were deleted up to and at that time.
pub(crate) fn deleted_until(at: Timestamp) -> String {
    format!("{}~", sortable(at))
}
/// The key of a dismissed group: a digest of its leads, in whatever order.
pub(crate) fn dismissed_duplicates(workspace: &WorkspaceId, group: &[LeadId]) -> WorkspaceKey {
    let mut leads: Vec<&str> = group.iter().map(LeadId::as_str).collect();
    leads.sort_unstable();
    of(workspace, "DISMISSED_DUPLICATES").at(digest(&leads))
}
