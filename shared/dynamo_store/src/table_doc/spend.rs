//! The rows of budgets, of what models were asked for, and of the instructions for prompts.

use super::Doc;
use crate::keys;
use domain::spend::{AiUse, BudgetScope};
use domain::time::calendar_month::CalendarMonth;
use domain::{CampaignId, ColumnId, ColumnRunId, UserId, WorkspaceId, derived_ulid};
use jiff::Timestamp;
use jiff::civil::Date;

/// Writes the rows of what look-ups and models may cost, and cost, and of what models are told.
pub(super) fn budgets(doc: &mut Doc, workspace: &WorkspaceId, user: &UserId) {
    doc.samples.names.push(("1970-01-01".to_owned(), "{day}"));
    doc.samples.names.push(("1970-01".to_owned(), "{month}"));
    let id = derived_ulid(Timestamp::UNIX_EPOCH, &["id"]);
    doc.key(
        "its caps and prices of look-ups",
        keys::spend::spend_settings(workspace),
        "`SpendStore::{settings, save_settings}`",
    );
    let month = CalendarMonth::at(Timestamp::UNIX_EPOCH);
    doc.key(
        "what is spent in a month",
        keys::spend::budget(workspace, &BudgetScope::Month { month: month.clone() }),
        "`SpendStore::{reserve, settle, budgets, budgets_in_month}`",
    );
    doc.key(
        "… by one user",
        keys::spend::budget(workspace, &BudgetScope::User { user: user.clone(), month: month.clone() }),
        "the same",
    );
    doc.key(
        "… by one column",
        keys::spend::budget(workspace, &BudgetScope::Column { column: ColumnId::new(id), month }),
        "the same",
    );
    doc.key(
        "what is spent in one run of columns",
        keys::spend::budget(workspace, &BudgetScope::Run { run: ColumnRunId::new(id) }),
        "`SpendStore::{reserve, settle, budgets}`",
    );
    doc.key(
        "what is spent for one campaign",
        keys::spend::budget(workspace, &BudgetScope::Campaign { campaign: CampaignId::new(id) }),
        "the same",
    );
    doc.key(
        "a version of the instructions for a prompt",
        keys::prompts::prompt_version(workspace, AiUse::Rewrite, 1),
        "`PromptStore::{latest, versions, add}`",
    );
    doc.key(
        "what a model was asked for on a day, by use and model",
        keys::spend::ai_use(workspace, Date::constant(1970, 1, 1), AiUse::Rewrite, "{model}"),
        "`SpendStore::{settle, count_free, ai_use}`",
    );
    doc.key(
        "money that is reserved for calls",
        keys::spend::reservation(workspace, "{work}"),
        "`SpendStore::{reserve, settle, open}`",
    );
}
