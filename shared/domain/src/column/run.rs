//! A run: columns that are filled for a selection of leads, page by page.

use crate::column::cell::{Cell, CellOutcome};
use crate::event::UserOrKey;
use crate::ids::{ColumnId, ColumnRunId, WorkspaceId};
use crate::lead::filter::LeadFilter;
use crate::spend::{BudgetScope, Usd};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most leads that a run names one by one.
pub const MOST_NAMED_LEADS: usize = 1_000;
/// The leads of a page.
pub const PAGE: usize = 25;
/// The ids in one part of a run's list of leads.
pub const LEADS_A_PART: usize = 1_000;

#[derive(Debug, Clone, PartialEq)]
pub struct ColumnRun {
    pub id: ColumnRunId,
    pub workspace: WorkspaceId,
    pub columns: Vec<ColumnId>,
    pub selection: RunSelection,
    pub mode: RunMode,
    /// The most that the run may spend; unlimited if left out.
    pub cap: Option<Usd>,
    pub state: RunState,
    pub counts: RunCounts,
    pub sources: RunSources,
    pub spent: Usd,
    /// How many leads there are, and how many of them are done.
    pub total: u64,
    pub done: u64,
    /// The time before which no provider is asked again, because one of them is busy.
    pub not_before: Option<Timestamp>,
    pub lease: Option<RunLease>,
    pub started_by: Option<UserOrKey>,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub rev: u64,
}

/// Outcomes by column.
pub type RunCounts = BTreeMap<ColumnId, BTreeMap<CellOutcome, u64>>;

/// What came from each source, by column. A cell without a value counts under its outcome, such as `not_found`.
pub type RunSources = BTreeMap<ColumnId, BTreeMap<String, SourceSum>>;

/// How many cells of a run are from one source, and what their questions cost, those to other sources included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceSum {
    pub rows: u64,
    /// The cost in millionths of a dollar.
    pub spent: Usd,
}

impl SourceSum {
    pub fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.spent = self.spent + other.spent;
    }
}

/// What leads of a run came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunSums {
    pub counts: RunCounts,
    pub sources: RunSources,
}

impl RunSums {
    /// Counts a cell's outcome; `cell` is left out where the run has asked nothing for it.
    pub fn note(&mut self, column: &ColumnId, outcome: CellOutcome, cell: Option<&Cell>) {
        *self.counts.entry(column.clone()).or_default().entry(outcome).or_default() += 1;
        let source = cell.map_or(outcome.as_str(), |cell| cell.source_of(outcome));
        let spent = cell.map_or(Usd::ZERO, |cell| cell.price);
        let sources = self.sources.entry(column.clone()).or_default();
        sources.entry(source.to_owned()).or_default().add(SourceSum { rows: 1, spent });
    }
}

/// The leads of a run, as they were chosen. The run keeps their ids: who matches later is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum RunSelection {
    Named {},
    Filter {
        filter: Box<LeadFilter>,
    },
    /// All leads, by the column's schedule or because its formula was changed.
    All {},
}

/// How a run treats values that are there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunMode {
    /// Only leads without a value are asked about.
    pub only_gaps: bool,
    /// Values that a user gave are replaced.
    pub overwrite: bool,
    /// Fresh values and lost answers are asked for again.
    pub again: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum RunState {
    Running {},
    /// A user paused it, or a provider refuses its account (`why`).
    Paused {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    Stopped {},
    Done {},
    /// A budget has too little left for the next lead.
    OutOfMoney {
        budget: BudgetScope,
        left: Usd,
    },
}

/// The one worker of a run at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunLease {
    /// The delivery that holds it.
    pub by: String,
    pub until: Timestamp,
}

impl ColumnRun {
    pub fn is_running(&self) -> bool {
        self.state == RunState::Running {}
    }

    /// Tells whether the run is over for good.
    pub fn is_over(&self) -> bool {
        matches!(self.state, RunState::Stopped {} | RunState::Done {})
    }

    /// Resumes a run that is paused or out of money. Returns false if it is neither.
    pub fn resume(&mut self) -> bool {
        let may = matches!(self.state, RunState::Paused { .. } | RunState::OutOfMoney { .. });
        if may {
            self.state = RunState::Running {};
            self.not_before = None;
        }
        may
    }

    pub fn pause(&mut self, why: Option<String>) -> bool {
        let may = self.is_running();
        if may {
            self.state = RunState::Paused { why };
        }
        may
    }

    pub fn stop(&mut self, now: Timestamp) -> bool {
        let may = !self.is_over();
        if may {
            self.state = RunState::Stopped {};
            self.finished_at = Some(now);
        }
        may
    }

    /// Notes leads that are done, and ends the run after the last one.
    pub fn advance(&mut self, leads: u64, sums: &RunSums, now: Timestamp) {
        self.done = (self.done + leads).min(self.total);
        for (column, outcomes) in &sums.counts {
            let known = self.counts.entry(column.clone()).or_default();
            for (outcome, number) in outcomes {
                *known.entry(*outcome).or_default() += number;
            }
        }
        for (column, sources) in &sums.sources {
            let known = self.sources.entry(column.clone()).or_default();
            for (source, sum) in sources {
                known.entry(source.clone()).or_default().add(*sum);
            }
        }
        if self.done >= self.total && self.is_running() {
            self.state = RunState::Done {};
            self.finished_at = Some(now);
        }
    }

    /// Moves the cell from those that wait to those of its outcome and source, when it has its answer.
    pub fn recount(&mut self, cell: &Cell, to: CellOutcome) {
        let from = CellOutcome::Waiting;
        let known = self.counts.entry(cell.column.clone()).or_default();
        let Some(number) = known.get_mut(&from).filter(|number| **number > 0) else { return };
        *number -= 1;
        *known.entry(to).or_default() += 1;
        let sources = self.sources.entry(cell.column.clone()).or_default();
        if let Some(waiting) = sources.get_mut(from.as_str()).filter(|sum| sum.rows > 0) {
            waiting.rows -= 1;
            waiting.spent = waiting.spent.less(cell.price);
            let sum = SourceSum { rows: 1, spent: cell.price };
            sources.entry(cell.source_of(to).to_owned()).or_default().add(sum);
        }
    }
}
