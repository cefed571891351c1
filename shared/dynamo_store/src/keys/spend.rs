//! The keys of what a workspace spends: one partition, with its budgets, reservations and settings.

use super::{Listing, Partition, Tenant, WorkspaceKey, listing, of};
use crate::times::sortable;
use domain::WorkspaceId;
use domain::spend::{AiUse, BudgetScope};
use domain::time::calendar_month::CalendarMonth;
use jiff::Timestamp;
use jiff::civil::Date;

fn spend(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "SPEND")
}

pub(crate) fn spend_settings(workspace: &WorkspaceId) -> WorkspaceKey {
    spend(workspace).at("SETTINGS")
}

/// The partition of budgets.
pub(crate) fn budgets(workspace: &WorkspaceId) -> Partition<Tenant> {
    spend(workspace)
}

/// The beginning of the sort keys of a month's budgets.
pub(crate) fn budgets_of_month(month: &CalendarMonth) -> String {
    format!("B#{month}#")
}

pub(crate) fn budget(workspace: &WorkspaceId, scope: &BudgetScope) -> WorkspaceKey {
    let sk = match scope {
        BudgetScope::Month { month } => format!("{}M", budgets_of_month(month)),
        BudgetScope::User { user, month } => format!("{}U#{}", budgets_of_month(month), user.ulid_text()),
        BudgetScope::Column { column, month } => {
            format!("{}C#{}", budgets_of_month(month), column.ulid_text())
        }
        BudgetScope::Campaign { campaign } => format!("B#CAMPAIGN#{}", campaign.ulid_text()),
        BudgetScope::Run { run } => format!("B#RUN#{}", run.ulid_text()),
    };
    spend(workspace).at(sk)
}

/// The use of one model for one thing on one day.
pub(crate) fn ai_use(workspace: &WorkspaceId, day: Date, ai_use: AiUse, model: &str) -> WorkspaceKey {
    spend(workspace).at(format!("{}{}#{model}", ai_use_of(day), ai_use.as_str()))
}

/// The beginning of the sort keys of a day's use of AI.
pub(crate) fn ai_use_of(day: Date) -> String {
    format!("AI#{day}#")
}

pub(crate) fn reservation(workspace: &WorkspaceId, id: &str) -> WorkspaceKey {
    of(workspace, "RESERVED").at(id)
}

/// The list of reservations that are not settled.
pub(crate) fn open_reservations(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "RESERVED")
}

pub(crate) fn open_reservation_listing(workspace: &WorkspaceId, made_at: Timestamp, id: &str) -> Listing {
    listing(open_reservations(workspace), format!("{}#{id}", sortable(made_at)))
}
