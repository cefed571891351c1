//! Stores imports.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::event::Event;
use domain::import::Import;
use domain::{ImportId, WorkspaceId};

#[async_trait]
pub trait ImportStore: Send + Sync {
    async fn get(&self, workspace: &WorkspaceId, id: &ImportId) -> StoreResult<Import>;
    async fn save(&self, import: &Import, event: &Event) -> StoreResult<u64>;
    /// Returns the last hundred imports, newest first.
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Import>>;
}

/// The bucket keys of an import.
pub mod blob_keys {
    use domain::{ImportId, WorkspaceId};

    pub fn chunk(workspace: &WorkspaceId, import: &ImportId, number: u32) -> String {
        format!("{workspace}/imports/{import}/chunk-{number:06}")
    }
    /// The state that the reader carries over from chunk `number` to the next.
    pub fn carry(workspace: &WorkspaceId, import: &ImportId, number: u32) -> String {
        format!("{workspace}/imports/{import}/carry-{number:06}")
    }
    /// The state in which part `part` of a chunk begins, left by the part before.
    pub fn part(workspace: &WorkspaceId, import: &ImportId, chunk: u32, part: u32) -> String {
        format!("{workspace}/imports/{import}/part-{chunk:06}-{part:04}")
    }
    /// The problem rows of the latest check: JSON lines of `RowProblem`.
    pub fn check_problems(workspace: &WorkspaceId, import: &ImportId) -> String {
        format!("{workspace}/imports/{import}/check-problems")
    }
    /// The prefix of all problem keys of committed chunks.
    pub fn all_problems(workspace: &WorkspaceId, import: &ImportId) -> String {
        format!("{workspace}/imports/{import}/problems-")
    }
    /// The prefix of all chunk keys.
    pub fn all_chunks(workspace: &WorkspaceId, import: &ImportId) -> String {
        format!("{workspace}/imports/{import}/chunk-")
    }
    /// The prefix of all keys of an import.
    pub fn all(workspace: &WorkspaceId, import: &ImportId) -> String {
        format!("{workspace}/imports/{import}/")
    }
    /// The problem rows of one committed chunk: JSON lines of `RowProblem`.
    pub fn problems(workspace: &WorkspaceId, import: &ImportId, number: u32) -> String {
        format!("{workspace}/imports/{import}/problems-{number:06}")
    }
}
