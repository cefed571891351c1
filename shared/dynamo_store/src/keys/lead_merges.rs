//! The keys of merges: in the survivor's partition, one for each lead that it absorbed.

use super::{WorkspaceKey, lead_partition};
use domain::{LeadId, WorkspaceId};

/// The beginning of the sort keys of merges.
pub(crate) const MERGES: &str = "U#";

pub(crate) fn lead_merge(workspace: &WorkspaceId, survivor: &LeadId, absorbed: &LeadId) -> WorkspaceKey {
    lead_partition(workspace, survivor).at(format!("{MERGES}{}", absorbed.ulid_text()))
}

/// The beginning of the sort keys of a lead's enrolments.
pub(crate) const ENROLMENTS: &str = "N#";
