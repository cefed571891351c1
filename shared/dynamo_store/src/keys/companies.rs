//! The keys of companies.

use super::{Partition, Tenant, WorkspaceKey, of};
use domain::{LeadId, WorkspaceId};

/// A company's partition: its hold, the register of its enrolled leads, and what is noted about it. `HOLD` sorts before
/// every lead's id, and `RECORD` behind them.
pub(crate) fn company(workspace: &WorkspaceId, domain: &str) -> Partition<Tenant> {
    of(workspace, &format!("COMPANY#{domain}"))
}
pub(crate) fn company_hold(workspace: &WorkspaceId, domain: &str) -> WorkspaceKey {
    company(workspace, domain).at("HOLD")
}
pub(crate) fn company_record(workspace: &WorkspaceId, domain: &str) -> WorkspaceKey {
    company(workspace, domain).at("RECORD")
}
pub(crate) fn of_company(workspace: &WorkspaceId, domain: &str, lead: &LeadId) -> WorkspaceKey {
    company(workspace, domain).at(format!("L#{}", lead.ulid_text()))
}
