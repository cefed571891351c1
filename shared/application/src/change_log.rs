//! The change log: `record_changes` reads the table's stream and records, by workspace and in order, what the lead list and
//! the log need. What has gathered is folded by `fold_changes`: the list's part into blocks of leads, the log's part into
//! log files that are chained by their hashes.

pub mod fold;
mod lines;
pub mod log_files;
pub mod manifest;
pub(crate) mod rebuild;
pub mod record;
mod runs;

use domain::WorkspaceId;

/// The prefix of the bucket keys of a workspace's blocks of leads.
pub fn blocks_of(workspace: &WorkspaceId) -> String {
    format!("lead_blocks/{workspace}/")
}

/// The bucket key of a block of leads or of a manifest.
pub fn block_key(workspace: &WorkspaceId, name: &str) -> String {
    format!("lead_blocks/{workspace}/{name}")
}

/// The prefix of the bucket keys of a workspace's log files.
pub fn log_files_of(workspace: &WorkspaceId) -> String {
    format!("log/{workspace}/")
}

/// The bucket key of a log file.
pub fn log_file_key(workspace: &WorkspaceId, number: u64) -> String {
    format!("log/{workspace}/{number:010}")
}
