//! The keys of a workspace's ICPs.

use super::{Partition, Tenant, WorkspaceKey, of};
use crate::key_hashes::digest;
use domain::icp::Icp;
use domain::{IcpId, WorkspaceId};

pub(crate) fn icps(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "ICPS")
}
pub(crate) fn icp(workspace: &WorkspaceId, id: &IcpId) -> WorkspaceKey {
    icps(workspace).at(id.ulid_text())
}
/// The key of the look-up that says whose an ICP's name is, whatever the case of its letters.
pub(crate) fn icp_name(workspace: &WorkspaceId, name: &str) -> WorkspaceKey {
    of(workspace, "ICP_NAMES").at(digest(&[&Icp::folded_name(name)]))
}
