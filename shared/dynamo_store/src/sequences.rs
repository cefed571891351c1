//! Sequences, and their versions, which never change once stored.

use crate::item::{Head, Stored, encode, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::query::Query;
use crate::table::Table;
use crate::write::{absent, put, saving};
use application::StoreResult;
use application::sequences::SequenceStore;
use async_trait::async_trait;
use domain::event::Event;
use domain::sequence::{SendingWindow, Sequence, SequenceVersion, Step};
use domain::{SequenceId, WorkspaceId};
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
        let version = StoredVersion { workspace: sequence.workspace.clone(), version: sequence.pinned() };
        let writes = vec![saving(sequence, Some(event))?, put(encode(&version, 1, Some(event))?, absent())];
        self.transact(writes).await?;
        Ok(sequence.rev + 1)
    }

    async fn version(
        &self,
        workspace: &WorkspaceId,
        id: &SequenceId,
        version: u32,
    ) -> StoreResult<SequenceVersion> {
        let key = keys::sequence_version(workspace, id, version);
        Ok(self.read::<StoredVersion>(&key).await?.version)
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Sequence>> {
        self.query_all(Query::table(&keys::sequences(workspace)).descending()).await
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

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StoredVersion {
    pub workspace: WorkspaceId,
    pub version: SequenceVersion,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct VersionItem {
    workspace: WorkspaceId,
    sequence: SequenceId,
    version: u32,
    steps: Vec<Step>,
    window: SendingWindow,
}

impl Stored for StoredVersion {
    const ENTITY: &'static str = "sequence_version";
    type Scope = Tenant;
    type Body = VersionItem;

    fn key(&self) -> Key<Tenant> {
        keys::sequence_version(&self.workspace, &self.version.sequence, self.version.version)
    }
    fn body(&self, _rev: u64) -> VersionItem {
        let SequenceVersion { sequence, version, steps, window } = self.version.clone();
        VersionItem { workspace: self.workspace.clone(), sequence, version, steps, window }
    }
    fn from_body(body: VersionItem, _head: &Head) -> Result<Self, String> {
        let VersionItem { workspace, sequence, version, steps, window } = body;
        Ok(Self { workspace, version: SequenceVersion { sequence, version, steps, window } })
    }
}
