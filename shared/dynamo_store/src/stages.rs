//! A workspace's stages and lost reasons: one item, read wherever a user names a stage. The moves of its leads are a
//! partition of their own, by time.

use crate::item::{Head, Stored, decode, encode, plain_item};
use crate::keys::{self, Key, Partition, Tenant};
use crate::query::{Query, Range};
use crate::table::Table;
use crate::times::sortable;
use crate::write::put;
use application::StoreResult;
use application::ports::stages::StageStore;
use async_trait::async_trait;
use domain::event::Event;
use domain::lead::stage::{LostReason, Stage, StageId, StageMove, Stages};
use domain::{LeadId, UserId, WorkspaceId};
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long a move is kept: a day longer than the pipeline's health looks back.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 366);

#[async_trait]
impl StageStore for Table {
    async fn get(&self, workspace: &WorkspaceId) -> StoreResult<Stages> {
        let found = self.find(&keys::stages(workspace)).await?;
        Ok(found.unwrap_or_else(|| Stages::usual(workspace.clone())))
    }

    async fn save(&self, stages: &Stages, event: &Event) -> StoreResult<u64> {
        self.save_entity(stages, Some(event)).await
    }

    async fn put_move(&self, made: &StageMove) -> StoreResult<()> {
        Ok(self.write(put(encode(made, 1, None)?, None)).await?)
    }

    async fn moves_since(
        &self,
        workspace: &WorkspaceId,
        since: Timestamp,
        most: usize,
    ) -> StoreResult<Vec<StageMove>> {
        let newest = async |moves: Partition<Tenant>| {
            let query = Query::table(&moves).range(Range::Above(sortable(since))).limit(most).eventual();
            self.query(query.descending()).await
        };
        let shards = try_join_all(keys::stage_moves(workspace).map(newest)).await?;
        let moves = shards.into_iter().flatten().map(decode).collect::<StoreResult<Vec<StageMove>>>();
        let mut moves = moves?;
        moves.sort_by(|a, b| (a.at, &a.lead).cmp(&(b.at, &b.lead)));
        Ok(moves.split_off(moves.len().saturating_sub(most)))
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct StageMoveItem {
    lead: LeadId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<UserId>,
    from: StageId,
    to: StageId,
    entered_at: Timestamp,
    at: Timestamp,
}

impl Stored for StageMove {
    const ENTITY: &'static str = "stage_move";
    type Scope = Tenant;
    type Body = StageMoveItem;

    fn key(&self) -> Key<Tenant> {
        keys::stage_move(&self.workspace, self.at, &self.lead)
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.at.checked_add(KEPT).unwrap_or(Timestamp::MAX))
    }
    fn body(&self, _rev: u64) -> StageMoveItem {
        let Self { lead, owner, from, to, entered_at, at, .. } = self.clone();
        StageMoveItem { lead, owner, from, to, entered_at, at }
    }
    fn from_body(body: StageMoveItem, head: &Head) -> Result<Self, String> {
        let workspace = keys::workspace_of(&head.pk).ok_or("it is in no workspace")?;
        let StageMoveItem { lead, owner, from, to, entered_at, at } = body;
        Ok(Self { workspace, lead, owner, from, to, entered_at, at })
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
