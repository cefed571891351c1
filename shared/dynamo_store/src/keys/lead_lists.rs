//! The keys of what a workspace saves for its lead list: segments and views.

use super::{Partition, Tenant, WorkspaceKey, of};
use crate::key_hashes::digest;
use domain::lead::segment::Segment;
use domain::{LeadViewId, SegmentId, UserId, WorkspaceId};

pub(crate) fn segments(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "SEGMENTS")
}
pub(crate) fn segment(workspace: &WorkspaceId, id: &SegmentId) -> WorkspaceKey {
    segments(workspace).at(id.ulid_text())
}
/// The key of the look-up that says whose a segment's name is, whatever the case of its letters.
pub(crate) fn segment_name(workspace: &WorkspaceId, name: &str) -> WorkspaceKey {
    of(workspace, "SEGMENT_NAMES").at(digest(&[&Segment::folded_name(name)]))
}
pub(crate) fn lead_views(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "VIEWS")
}
/// The beginning of the sort keys of a user's private views; without a user, of the shared ones.
pub(crate) fn lead_views_of(user: Option<&UserId>) -> String {
    format!("{}#", user.map_or("~", UserId::ulid_text))
}
pub(crate) fn lead_view(workspace: &WorkspaceId, user: Option<&UserId>, id: &LeadViewId) -> WorkspaceKey {
    lead_views(workspace).at(lead_views_of(user) + id.ulid_text())
}
