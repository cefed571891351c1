//! Targets, by month.

use super::{WorkspaceKey, of};
use domain::WorkspaceId;
use domain::time::calendar_month::CalendarMonth;

pub(crate) fn target_plan(workspace: &WorkspaceId, month: &CalendarMonth) -> WorkspaceKey {
    of(workspace, "TARGETS").at(month.as_str().to_owned())
}
