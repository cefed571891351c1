//! Stores what team members earn: the rates, who is credited with a client's money, and the closed months.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::event::Event;
use domain::revenue::commission::{CommissionPlan, CommissionStatement};
use domain::revenue::{Client, Transaction};
use domain::time::calendar_month::CalendarMonth;

#[async_trait]
pub trait CommissionStore: Send + Sync {
    /// Reads the rates; a workspace that has set none has none.
    async fn plan(&self, workspace: &WorkspaceId) -> StoreResult<CommissionPlan>;
    async fn save_plan(&self, plan: &CommissionPlan, event: &Event) -> StoreResult<u64>;

    /// Returns the transactions that were booked in a month, oldest first.
    async fn booked_in(
        &self,
        workspace: &WorkspaceId,
        month: &CalendarMonth,
    ) -> StoreResult<Vec<Transaction>>;

    /// Returns the statement of a month, if it is closed.
    async fn statement(
        &self,
        workspace: &WorkspaceId,
        month: &CalendarMonth,
    ) -> StoreResult<Option<CommissionStatement>>;
    /// Returns the months that are closed, the latest first.
    async fn closed_months(&self, workspace: &WorkspaceId) -> StoreResult<Vec<CalendarMonth>>;

    /// Closes a month with the statement. `Conflict` when the month is closed, or the plan or the credits of a client
    /// changed since `plan` was read.
    async fn close(
        &self,
        statement: &CommissionStatement,
        plan: &CommissionPlan,
        event: &Event,
    ) -> StoreResult<()>;

    /// Saves a client with its credits, and the same credits on those of its transactions that are given. `Conflict`
    /// when the client changed, or a month was closed since `plan` was read.
    async fn credit(
        &self,
        client: &Client,
        transactions: &[Transaction],
        plan: &CommissionPlan,
        event: &Event,
    ) -> StoreResult<()>;
}
