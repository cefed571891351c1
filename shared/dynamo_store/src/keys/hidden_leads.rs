//! The keys of leads that are in no list: the deleted ones.

use super::{Listing, Partition, Tenant, listing, of};
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
