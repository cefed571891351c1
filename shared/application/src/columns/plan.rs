//! The plan of a page: which cells may be asked about, and the most that this may cost.

use crate::columns::bench::Bench;
use crate::columns::subject::{question_digest, rests_on};
use domain::column::LeadColumn;
use domain::column::cell::{Cell, CellOutcome, CellState};
use domain::column::run::RunMode;
use domain::lead::Lead;
use domain::spend::Usd;
use domain::{ColumnId, ColumnRunId};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// What is done about a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Todo {
    Ask,
    /// The value is computed, which costs nothing.
    Compute,
    Keep(CellOutcome),
    /// A value stands there that the column did not fill.
    Leave,
}

/// The work that a cell is filled for: a run, or a lead that is new or changed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order<'a> {
    pub run: Option<&'a ColumnRunId>,
    pub mode: RunMode,
}

/// Decides what is done about a cell, as the lead and the cell are now.
pub(super) fn todo(
    column: &LeadColumn,
    lead: &Lead,
    cell: Option<&Cell>,
    order: Order<'_>,
    now: Timestamp,
) -> Todo {
    if let (Some(cell), Some(run)) = (cell, order.run)
        && cell.is_settled_in(run)
        && !column.recipe.is_computed()
    {
        return Todo::Keep(cell.outcome().unwrap_or(CellOutcome::Fresh));
    }
    let value = column.target.value_in(lead);
    let ours = cell.and_then(|cell| cell.value.as_deref());
    if let Some(value) = &value
        && ours != Some(value)
        && !order.mode.overwrite
    {
        return Todo::Leave;
    }
    if column.recipe.is_computed() {
        return Todo::Compute;
    }
    if value.is_some() && order.mode.only_gaps {
        return Todo::Keep(CellOutcome::Fresh);
    }
    let Some(cell) = cell.filter(|_| !order.mode.again) else { return Todo::Ask };
    let same = cell.digest == question_digest(column, lead);
    // What fills itself asks the same question once; a run asks it again when the value is stale.
    let is_fresh = same && (order.run.is_none() || column.is_fresh(cell.at, now));
    match &cell.state {
        CellState::Found {} if value.is_some() && is_fresh => Todo::Keep(CellOutcome::Fresh),
        CellState::NotFound {} if is_fresh => Todo::Keep(CellOutcome::Fresh),
        CellState::AnswerLost {} if same => Todo::Keep(CellOutcome::AnswerLost),
        CellState::Waiting {} if same && !cell.is_late(now) => Todo::Keep(CellOutcome::Waiting),
        _ => Todo::Ask,
    }
}

/// The columns that may be asked for one lead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LeadPlan {
    pub may_ask: BTreeSet<ColumnId>,
    pub most: Usd,
}

/// Plans a lead. A column that rests on one that may change is asked about, too, because its question may be new by then.
pub(super) fn plan(
    bench: &Bench<'_>,
    columns: &[&LeadColumn],
    lead: &Lead,
    cells: &[Cell],
    order: Order<'_>,
    now: Timestamp,
) -> LeadPlan {
    let mut plan = LeadPlan::default();
    let mut changing: Vec<String> = Vec::new();
    for column in columns {
        let cell = cells.iter().find(|cell| cell.column == column.id && cell.lead == lead.id);
        let todo = todo(column, lead, cell, order, now);
        let may_be_new = changing.iter().any(|name| rests_on(column, name));
        let asks = match todo {
            Todo::Ask => true,
            Todo::Keep(CellOutcome::Fresh | CellOutcome::Skipped) => may_be_new && !order.mode.only_gaps,
            Todo::Keep(_) | Todo::Compute | Todo::Leave => false,
        };
        if asks {
            plan.most = plan.most + bench.most(column);
            plan.may_ask.insert(column.id.clone());
        }
        if asks || todo == Todo::Compute {
            changing.push(column.target.name());
        }
    }
    plan
}
