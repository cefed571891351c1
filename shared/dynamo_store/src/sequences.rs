//! Sequences, their versions, of which only texts are ever changed, and the rollouts of these.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::query::{Query, Range};
use crate::table::Table;
use crate::write::saving;
use application::StoreResult;
use application::ports::sequences::SequenceStore;
use async_trait::async_trait;
use domain::event::{Actor, Event, UserOrKey};
use domain::sequence::rollout::{People, Rollout, StepMapping};
use domain::sequence::{Patch, Sequence, SequenceVersion, Step, VersionRecord};
use domain::time::weekly_hours::SendingWindow;
use domain::{CampaignId, RolloutId, SequenceId, StepId, UserId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[async_trait]
impl SequenceStore for Table {
    async fn get(&self, workspace: &WorkspaceId, id: &SequenceId) -> StoreResult<Sequence> {
        self.read(&keys::sequence(workspace, id)).await
    }

    async fn save(&self, sequence: &Sequence, event: &Event) -> StoreResult<u64> {
        let key = keys::sequence_version(&sequence.workspace, &sequence.id, sequence.version);
        if self.read_item(&key).await?.is_some() {
            return self.save_entity(sequence, Some(event)).await;
        }
        let made_by = match &event.actor {
            Actor::User(user) => Some(user.clone().into()),
            Actor::Key(key) => Some(key.clone().into()),
            Actor::Lead | Actor::Provider(_) | Actor::System => None,
        };
        let version = VersionRecord {
            workspace: sequence.workspace.clone(),
            version: sequence.pinned(),
            made_at: event.at,
            made_by,
            patches: Vec::new(),
            promoted: Vec::new(),
            rev: 0,
        };
        let writes = vec![saving(sequence, Some(event))?, saving(&version, Some(event))?];
        self.transact(writes).await?;
        Ok(sequence.rev + 1)
    }

    async fn version(
        &self,
        workspace: &WorkspaceId,
        id: &SequenceId,
        version: u32,
    ) -> StoreResult<SequenceVersion> {
        Ok(self.version_record(workspace, id, version).await?.version)
    }

    async fn version_for_sending(
        &self,
        workspace: &WorkspaceId,
        id: &SequenceId,
        version: u32,
    ) -> StoreResult<SequenceVersion> {
        match self.find_lately::<VersionRecord>(&keys::sequence_version(workspace, id, version)).await? {
            Some(record) => Ok(record.version),
            None => self.version(workspace, id, version).await,
        }
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Sequence>> {
        self.query_all(Query::table(&keys::sequences(workspace)).descending()).await
    }

    async fn version_record(
        &self,
        workspace: &WorkspaceId,
        id: &SequenceId,
        version: u32,
    ) -> StoreResult<VersionRecord> {
        self.read(&keys::sequence_version(workspace, id, version)).await
    }

    async fn versions(&self, workspace: &WorkspaceId, id: &SequenceId) -> StoreResult<Vec<VersionRecord>> {
        let partition = keys::of_sequence(workspace, id);
        let range = Range::Prefix(keys::VERSIONS.to_owned());
        self.query_all(Query::table(&partition).range(range).descending()).await
    }

    async fn patch(
        &self,
        record: &VersionRecord,
        sequence: Option<&Sequence>,
        event: &Event,
    ) -> StoreResult<()> {
        let mut writes = vec![saving(record, Some(event))?];
        if let Some(sequence) = sequence {
            writes.push(saving(sequence, Some(event))?);
        }
        Ok(self.transact(writes).await?)
    }

    async fn rollout(
        &self,
        workspace: &WorkspaceId,
        sequence: &SequenceId,
        id: &RolloutId,
    ) -> StoreResult<Rollout> {
        self.read(&keys::rollout(workspace, sequence, id)).await
    }

    async fn save_rollout(&self, rollout: &Rollout, event: &Event) -> StoreResult<u64> {
        self.save_entity(rollout, Some(event)).await
    }

    async fn rollouts(
        &self,
        workspace: &WorkspaceId,
        sequence: &SequenceId,
        limit: usize,
    ) -> StoreResult<Vec<Rollout>> {
        let partition = keys::of_sequence(workspace, sequence);
        let range = Range::Prefix(keys::ROLLOUTS.to_owned());
        self.query_all(Query::table(&partition).range(range).descending().limit(limit)).await
    }
}

plain_item! { SequenceItem of Sequence, rev, {
    id: SequenceId,
    workspace: WorkspaceId,
    name: String,
    version: u32,
    steps: Vec<Step>,
    window: SendingWindow,
    archived: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
} }

impl Stored for Sequence {
    const ENTITY: &'static str = "sequence";
    type Scope = Tenant;
    type Body = SequenceItem;

    fn key(&self) -> Key<Tenant> {
        keys::sequence(&self.workspace, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> SequenceItem {
        SequenceItem::of(self)
    }
    fn from_body(body: SequenceItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct VersionItem {
    workspace: WorkspaceId,
    sequence: SequenceId,
    version: u32,
    steps: Vec<Step>,
    window: SendingWindow,
    made_at: Timestamp,
    made_by: Option<UserOrKey>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    patches: Vec<Patch>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    promoted: Vec<StepId>,
}

impl Stored for VersionRecord {
    const ENTITY: &'static str = "sequence_version";
    type Scope = Tenant;
    type Body = VersionItem;

    fn key(&self) -> Key<Tenant> {
        keys::sequence_version(&self.workspace, &self.version.sequence, self.version.version)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> VersionItem {
        let Self { workspace, version, made_at, made_by, patches, promoted, .. } = self.clone();
        let SequenceVersion { sequence, version, steps, window } = version;
        VersionItem { workspace, sequence, version, steps, window, made_at, made_by, patches, promoted }
    }
    fn from_body(body: VersionItem, head: &Head) -> Result<Self, String> {
        let VersionItem { workspace, sequence, version, steps, window, .. } = body;
        let VersionItem { made_at, made_by, patches, promoted, .. } = body;
        let version = SequenceVersion { sequence, version, steps, window };
        Ok(Self { workspace, version, made_at, made_by, patches, promoted, rev: head.rev })
    }
}

plain_item! { RolloutItem of Rollout, rev, {
    id: RolloutId,
    workspace: WorkspaceId,
    sequence: SequenceId,
    version: u32,
    people: People,
    mapping: StepMapping,
    campaigns: Vec<CampaignId>,
    under_way: u64,
    by: UserId,
    ordered_at: Timestamp,
    finished_at: Option<Timestamp>,
} }

impl Stored for Rollout {
    const ENTITY: &'static str = "rollout";
    type Scope = Tenant;
    type Body = RolloutItem;

    fn key(&self) -> Key<Tenant> {
        keys::rollout(&self.workspace, &self.sequence, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> RolloutItem {
        RolloutItem::of(self)
    }
    fn from_body(body: RolloutItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
