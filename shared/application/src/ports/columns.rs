//! Stores columns, the cells that they fill, and their runs.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::column::LeadColumn;
use domain::column::cell::Cell;
use domain::column::run::ColumnRun;
use domain::event::Event;
use domain::{ColumnId, ColumnRunId, LeadId, WorkspaceId};

#[async_trait]
pub trait ColumnStore: Send + Sync {
    async fn get(&self, workspace: &WorkspaceId, id: &ColumnId) -> StoreResult<LeadColumn>;
    /// Returns all columns, the oldest first.
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<LeadColumn>>;
    async fn save(&self, column: &LeadColumn, event: &Event) -> StoreResult<u64>;
    /// Deletes the column as it was read. Its field and its cells stay.
    async fn delete(&self, column: &LeadColumn, event: &Event) -> StoreResult<()>;
}

#[async_trait]
pub trait CellStore: Send + Sync {
    async fn get(
        &self,
        workspace: &WorkspaceId,
        lead: &LeadId,
        column: &ColumnId,
    ) -> StoreResult<Option<Cell>>;
    /// Reads the cells of several leads and columns, strongly consistent and in no order; those that are not there are
    /// left out.
    async fn get_many(
        &self,
        workspace: &WorkspaceId,
        leads: &[LeadId],
        columns: &[ColumnId],
    ) -> StoreResult<Vec<Cell>>;
    async fn save(&self, cell: &Cell, event: &Event) -> StoreResult<u64>;
}

#[async_trait]
pub trait ColumnRunStore: Send + Sync {
    /// Reads a run. Strongly consistent, because workers read from it whether it was stopped.
    async fn get(&self, workspace: &WorkspaceId, id: &ColumnRunId) -> StoreResult<ColumnRun>;
    async fn save(&self, run: &ColumnRun, event: &Event) -> StoreResult<u64>;
    /// Returns the last fifty, newest first.
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<ColumnRun>>;
}
