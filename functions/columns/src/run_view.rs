//! A run as the API shows it.

use crate::App;
use domain::column::cell::CellOutcome;
use domain::column::run::{ColumnRun, RunSelection, RunState, SourceSum};
use domain::event::UserOrKey;
use domain::spend::Usd;
use domain::{ColumnId, ColumnRunId};
use http_api::{ApiError, ApiResult, Caller, utoipa};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ColumnRunView {
    pub id: ColumnRunId,
    pub columns: Vec<ColumnId>,
    pub selection: RunSelection,
    pub only_gaps: bool,
    pub overwrite: bool,
    pub again: bool,
    /// The most that the run may spend, in millionths of a dollar; unlimited if none.
    pub cap: Option<Usd>,
    #[serde(flatten)]
    pub state: RunState,
    /// Outcomes by column: `found`, `not_found`, `skipped`, `fresh`, `failed`, `answer_lost`, `waiting`, `no_lead`.
    #[schema(value_type = BTreeMap<String, BTreeMap<String, u64>>)]
    pub counts: BTreeMap<ColumnId, BTreeMap<CellOutcome, u64>>,
    /// Cells and their cost by column and source; cells without a value stand under their outcome.
    #[schema(value_type = BTreeMap<String, BTreeMap<String, SourceSum>>)]
    pub sources: BTreeMap<ColumnId, BTreeMap<String, SourceSum>>,
    /// What the run has spent so far, in millionths of a dollar.
    pub spent: Usd,
    /// How many leads there are, and how many of them are done.
    pub total: u64,
    pub done: u64,
    /// The time at which a busy provider is asked again.
    pub waits_until: Option<Timestamp>,
    /// The time until which a worker has the run's next rows; none while they wait for one.
    pub worker_until: Option<Timestamp>,
    #[schema(value_type = Option<String>)]
    pub started_by: Option<UserOrKey>,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

impl From<ColumnRun> for ColumnRunView {
    fn from(run: ColumnRun) -> Self {
        let waits_until = run.not_before.filter(|_| run.is_running());
        let worker_until = run.lease.as_ref().map(|lease| lease.until).filter(|_| run.is_running());
        Self {
            id: run.id,
            columns: run.columns,
            selection: run.selection,
            only_gaps: run.mode.only_gaps,
            overwrite: run.mode.overwrite,
            again: run.mode.again,
            cap: run.cap,
            state: run.state,
            counts: run.counts,
            sources: run.sources,
            spent: run.spent,
            total: run.total,
            done: run.done,
            waits_until,
            worker_until,
            started_by: run.started_by,
            started_at: run.started_at,
            finished_at: run.finished_at,
        }
    }
}

impl App {
    /// Checks that the workspace has the columns of a request, and that they are not too many.
    pub async fn known_columns(&self, caller: &Caller, columns: &[ColumnId]) -> ApiResult<()> {
        if columns.is_empty() {
            return Err(ApiError::invalid("columns", "choose at least one column"));
        }
        let known = self.ports.columns.list(&caller.workspace).await?;
        match columns.iter().find(|id| !known.iter().any(|column| column.id == **id)) {
            Some(id) => Err(ApiError::invalid("columns", format!("there is no column {id}"))),
            None => Ok(()),
        }
    }
}
