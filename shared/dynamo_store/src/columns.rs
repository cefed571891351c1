//! Columns and their runs, a partition each, and the cells in the leads' partitions.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::query::Query;
use crate::table::Table;
use application::StoreResult;
use application::ports::columns::{CellStore, ColumnRunStore, ColumnStore};
use async_trait::async_trait;
use domain::column::cell::{Cell, CellState, CellStep};
use domain::column::recipe::Recipe;
use domain::column::run::{ColumnRun, RunCounts, RunLease, RunMode, RunSelection, RunSources, RunState};
use domain::column::target::ColumnTarget;
use domain::column::{LeadColumn, Triggers};
use domain::event::{Event, UserOrKey};
use domain::spend::Usd;
use domain::{ColumnId, ColumnRunId, LeadId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl ColumnStore for Table {
    async fn get(&self, workspace: &WorkspaceId, id: &ColumnId) -> StoreResult<LeadColumn> {
        self.read(&keys::column(workspace, id)).await
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<LeadColumn>> {
        self.query_all(Query::table(&keys::columns(workspace))).await
    }

    async fn save(&self, column: &LeadColumn, event: &Event) -> StoreResult<u64> {
        self.save_entity(column, Some(event)).await
    }

    async fn delete(&self, column: &LeadColumn, event: &Event) -> StoreResult<()> {
        self.delete_entity(column, event).await
    }
}

#[async_trait]
impl CellStore for Table {
    async fn get(
        &self,
        workspace: &WorkspaceId,
        lead: &LeadId,
        column: &ColumnId,
    ) -> StoreResult<Option<Cell>> {
        self.find(&keys::cell(workspace, lead, column)).await
    }

    async fn get_many(
        &self,
        workspace: &WorkspaceId,
        leads: &[LeadId],
        columns: &[ColumnId],
    ) -> StoreResult<Vec<Cell>> {
        let of_lead = |lead| columns.iter().map(move |column| keys::cell(workspace, lead, column));
        self.read_many(&leads.iter().flat_map(of_lead).collect::<Vec<_>>()).await
    }

    async fn save(&self, cell: &Cell, event: &Event) -> StoreResult<u64> {
        self.save_entity(cell, Some(event)).await
    }
}

#[async_trait]
impl ColumnRunStore for Table {
    async fn get(&self, workspace: &WorkspaceId, id: &ColumnRunId) -> StoreResult<ColumnRun> {
        self.read(&keys::column_run(workspace, id)).await
    }

    async fn save(&self, run: &ColumnRun, event: &Event) -> StoreResult<u64> {
        self.save_entity(run, Some(event)).await
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<ColumnRun>> {
        self.query_all(Query::table(&keys::column_runs(workspace)).descending().limit(50)).await
    }
}

plain_item! { ColumnItem of LeadColumn, rev, {
    id: ColumnId,
    workspace: WorkspaceId,
    name: String,
    target: ColumnTarget,
    recipe: Recipe,
    condition: Option<String>,
    triggers: Triggers,
    fresh_days: u32,
    month_cap: Option<Usd>,
    version: u32,
    scheduled_through: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
} }

impl Stored for LeadColumn {
    const ENTITY: &'static str = "column";
    type Scope = Tenant;
    type Body = ColumnItem;

    fn key(&self) -> Key<Tenant> {
        keys::column(&self.workspace, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> ColumnItem {
        ColumnItem::of(self)
    }
    fn from_body(body: ColumnItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}

plain_item! { CellItem of Cell, rev, {
    workspace: WorkspaceId,
    lead: LeadId,
    column: ColumnId,
    state: CellState,
    value: Option<String>,
    source: Option<String>,
    confidence: Option<u8>,
    price: Usd,
    at: Timestamp,
    digest: String,
    steps: Vec<CellStep>,
    run: Option<ColumnRunId>,
    token: Option<String>,
} }

impl Stored for Cell {
    const ENTITY: &'static str = "cell";
    type Scope = Tenant;
    type Body = CellItem;

    fn key(&self) -> Key<Tenant> {
        keys::cell(&self.workspace, &self.lead, &self.column)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> CellItem {
        CellItem::of(self)
    }
    fn from_body(body: CellItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}

plain_item! { ColumnRunItem of ColumnRun, rev, {
    id: ColumnRunId,
    workspace: WorkspaceId,
    columns: Vec<ColumnId>,
    selection: RunSelection,
    mode: RunMode,
    cap: Option<Usd>,
    state: RunState,
    counts: RunCounts,
    #[serde(default)]
    sources: RunSources,
    spent: Usd,
    total: u64,
    done: u64,
    not_before: Option<Timestamp>,
    lease: Option<RunLease>,
    started_by: Option<UserOrKey>,
    started_at: Timestamp,
    finished_at: Option<Timestamp>,
} }

impl Stored for ColumnRun {
    const ENTITY: &'static str = "column_run";
    type Scope = Tenant;
    type Body = ColumnRunItem;

    fn key(&self) -> Key<Tenant> {
        keys::column_run(&self.workspace, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> ColumnRunItem {
        ColumnRunItem::of(self)
    }
    fn from_body(body: ColumnRunItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
