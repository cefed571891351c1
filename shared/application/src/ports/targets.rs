//! Stores the targets of each month.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::event::Event;
use domain::time::calendar_month::CalendarMonth;
use domain::workspace::target::TargetPlan;

#[async_trait]
pub trait TargetStore: Send + Sync {
    /// Reads the targets of a month; one without any has none.
    async fn targets(&self, workspace: &WorkspaceId, month: &CalendarMonth) -> StoreResult<TargetPlan>;
    /// Saves the targets as they were read. `Conflict` if they were saved meanwhile.
    async fn save_targets(&self, plan: &TargetPlan, event: &Event) -> StoreResult<u64>;
}
