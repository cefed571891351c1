//! Imports: one partition a workspace.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::query::Query;
use crate::table::Table;
use crate::times::passes;
use application::StoreResult;
use application::ports::imports::ImportStore;
use async_trait::async_trait;
use domain::event::{Event, UserOrKey};
use domain::import::phone_evidence::PhoneQuestion;
use domain::import::{Column, FileFormat, Import, ImportCounts, ImportOptions, ImportState};
use domain::{ImportId, UserId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl ImportStore for Table {
    async fn get(&self, workspace: &WorkspaceId, id: &ImportId) -> StoreResult<Import> {
        self.read(&keys::import(workspace, id)).await
    }

    async fn save(&self, import: &Import, event: &Event) -> StoreResult<u64> {
        self.save_entity(import, Some(event)).await
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Import>> {
        self.query_all(Query::table(&keys::imports(workspace)).descending().limit(100)).await
    }
}

plain_item! { ImportItem of Import, rev, {
    id: ImportId,
    workspace: WorkspaceId,
    file_name: String,
    size_bytes: u64,
    content_hash: String,
    state: ImportState,
    format: Option<FileFormat>,
    columns: Vec<Column>,
    #[serde(default)]
    fits_whole: bool,
    #[serde(default)]
    phone_question: Option<PhoneQuestion>,
    options: ImportOptions,
    counts: ImportCounts,
    chunks: u32,
    chunks_done: u32,
    failure: Option<String>,
    created_by: Option<UserOrKey>,
    created_at: Timestamp,
    finished_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sees: Option<Vec<UserId>>,
} }

impl Stored for Import {
    const ENTITY: &'static str = "import";
    type Scope = Tenant;
    type Body = ImportItem;

    fn key(&self) -> Key<Tenant> {
        keys::import(&self.workspace, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    /// Returns when an import that was never committed expires; its samples expire with it.
    fn expires(&self) -> Option<Timestamp> {
        let begun = matches!(self.state, ImportState::Committing | ImportState::Done | ImportState::Failed);
        (!begun).then(|| passes(self.created_at))
    }
    fn body(&self, _rev: u64) -> ImportItem {
        ImportItem::of(self)
    }
    fn from_body(body: ImportItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
