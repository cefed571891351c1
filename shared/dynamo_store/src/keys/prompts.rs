//! The keys of the instructions that a workspace has added to prompts: one partition, a range for each prompt.

use super::{Partition, Tenant, WorkspaceKey, of};
use domain::WorkspaceId;
use domain::spend::AiUse;

/// The partition of one prompt's versions.
pub(crate) fn prompt_versions(workspace: &WorkspaceId, prompt: AiUse) -> Partition<Tenant> {
    of(workspace, &format!("PROMPT#{}", prompt.as_str()))
}

pub(crate) fn prompt_version(workspace: &WorkspaceId, prompt: AiUse, version: u32) -> WorkspaceKey {
    prompt_versions(workspace, prompt).at(format!("{version:08}"))
}
