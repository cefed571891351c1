//! Imports.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::event::Event;
use domain::import::Import;
use domain::{ImportId, WorkspaceId};

#[async_trait]
pub trait ImportStore: Send + Sync {
    async fn get(&self, workspace: &WorkspaceId, id: &ImportId) -> StoreResult<Import>;
    async fn save(&self, import: &Import, event: &Event) -> StoreResult<u64>;
    /// Newest first, the last hundred.
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Import>>;
}

/// Where an import's parts lie in the bucket.
pub mod blob_keys {
    use domain::{ImportId, WorkspaceId};

    pub fn chunk(workspace: &WorkspaceId, import: &ImportId, number: u32) -> String {
        format!("{workspace}/imports/{import}/chunk-{number:06}")
    }
    /// What the reader carries over from chunk `number` to the next.
    pub fn carry(workspace: &WorkspaceId, import: &ImportId, number: u32) -> String {
        format!("{workspace}/imports/{import}/carry-{number:06}")
    }
    /// Where part `part` of a chunk begins, left by the part before.
    pub fn part(workspace: &WorkspaceId, import: &ImportId, chunk: u32, part: u32) -> String {
        format!("{workspace}/imports/{import}/part-{chunk:06}-{part:04}")
    }
    /// Problem rows of the latest dry run: JSON lines of `RowProblem`.
    pub fn check_problems(workspace: &WorkspaceId, import: &ImportId) -> String {
        format!("{workspace}/imports/{import}/check-problems")
    }
    /// Where all problem keys of committed chunks begin.
    pub fn all_problems(workspace: &WorkspaceId, import: &ImportId) -> String {
        format!("{workspace}/imports/{import}/problems-")
    }
    /// Where all chunk keys begin.
    pub fn all_chunks(workspace: &WorkspaceId, import: &ImportId) -> String {
        format!("{workspace}/imports/{import}/chunk-")
    }
    /// Where all keys of an import begin.
    pub fn all(workspace: &WorkspaceId, import: &ImportId) -> String {
        format!("{workspace}/imports/{import}/")
    }
    /// Problem rows of one committed chunk: JSON lines of `RowProblem`.
    pub fn problems(workspace: &WorkspaceId, import: &ImportId, number: u32) -> String {
        format!("{workspace}/imports/{import}/problems-{number:06}")
    }
}
