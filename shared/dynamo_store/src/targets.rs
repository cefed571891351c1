//! Targets: one item for each month.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::table::Table;
use application::StoreResult;
use application::ports::targets::TargetStore;
use async_trait::async_trait;
use domain::event::Event;
use domain::time::calendar_month::CalendarMonth;
use domain::workspace::target::{TargetFigures, TargetPlan};
use domain::{UserId, WorkspaceId};
use std::collections::BTreeMap;

#[async_trait]
impl TargetStore for Table {
    async fn targets(&self, workspace: &WorkspaceId, month: &CalendarMonth) -> StoreResult<TargetPlan> {
        let found = self.find(&keys::targets::target_plan(workspace, month)).await?;
        Ok(found.unwrap_or_else(|| TargetPlan::none(workspace.clone(), month.clone())))
    }

    async fn save_targets(&self, plan: &TargetPlan, event: &Event) -> StoreResult<u64> {
        self.save_entity(plan, Some(event)).await
    }
}

plain_item! { TargetPlanItem of TargetPlan, rev, {
    workspace: WorkspaceId,
    month: CalendarMonth,
    team: TargetFigures,
    members: BTreeMap<UserId, TargetFigures>,
} }

impl Stored for TargetPlan {
    const ENTITY: &'static str = "target_plan";
    type Scope = Tenant;
    type Body = TargetPlanItem;

    fn key(&self) -> Key<Tenant> {
        keys::targets::target_plan(&self.workspace, &self.month)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> TargetPlanItem {
        TargetPlanItem::of(self)
    }
    fn from_body(body: TargetPlanItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
