//! Commissions: the rates, the statements of closed months, and where a range of money starts.

use super::{Key, Partition, Tenant, WorkspaceKey, of};
use crate::times::sortable;
use domain::WorkspaceId;
use domain::time::calendar_month::CalendarMonth;
use jiff::Timestamp;
use std::marker::PhantomData;

/// The sort key below which everything moved before this time.
pub(crate) fn money_from(at: Timestamp) -> String {
    sortable(at)
}

pub(crate) fn commission_plan(id: &WorkspaceId) -> WorkspaceKey {
    Key { pk: format!("W#{}", id.ulid_text()), sk: "COMMISSIONS".to_owned(), scope: PhantomData }
}

pub(crate) fn commission_statements(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "COMMISSIONS")
}

pub(crate) fn commission_statement(workspace: &WorkspaceId, month: &CalendarMonth) -> WorkspaceKey {
    commission_statements(workspace).at(month.as_str().to_owned())
}
