//! A workspace's stages and lost reasons: one item, read wherever a user names a stage.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::table::Table;
use application::StoreResult;
use application::ports::stages::StageStore;
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::event::Event;
use domain::lead::stage::{LostReason, Stage, Stages};

#[async_trait]
impl StageStore for Table {
    async fn get(&self, workspace: &WorkspaceId) -> StoreResult<Stages> {
        let found = self.find(&keys::stages(workspace)).await?;
        Ok(found.unwrap_or_else(|| Stages::usual(workspace.clone())))
    }

    async fn save(&self, stages: &Stages, event: &Event) -> StoreResult<u64> {
        self.save_entity(stages, Some(event)).await
    }
}

plain_item! { StagesItem of Stages, rev, {
    workspace: WorkspaceId,
    stages: Vec<Stage>,
    lost_reasons: Vec<LostReason>,
    last_stage: u8,
    last_reason: u8,
} }

impl Stored for Stages {
    const ENTITY: &'static str = "stages";
    type Scope = Tenant;
    type Body = StagesItem;

    fn key(&self) -> Key<Tenant> {
        keys::stages(&self.workspace)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> StagesItem {
        StagesItem::of(self)
    }
    fn from_body(body: StagesItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
