//! Stores the instructions that a workspace has added to the prompts, as versions.

use crate::ports::store::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::ai_prompt::{PromptStyle, PromptVersion};
use domain::event::Event;
use domain::spend::AiUse;
use domain::workspace::Workspace;

/// Reads how the workspace wants this prompt's texts to be.
pub async fn style_of(
    prompts: &dyn PromptStore,
    workspace: &Workspace,
    prompt: AiUse,
) -> StoreResult<PromptStyle> {
    let latest = prompts.latest(&workspace.id, prompt).await?;
    Ok(PromptStyle::new(prompt, &workspace.house_voice, latest.as_ref()))
}

#[async_trait]
pub trait PromptStore: Send + Sync {
    /// Returns the version in force; none if the workspace has never added instructions.
    async fn latest(&self, workspace: &WorkspaceId, prompt: AiUse) -> StoreResult<Option<PromptVersion>>;

    /// Lists the versions, the latest first.
    async fn versions(
        &self,
        workspace: &WorkspaceId,
        prompt: AiUse,
        page: PageRequest,
    ) -> StoreResult<Page<PromptVersion>>;

    /// Adds a version. `Conflict` if there is one of that number: versions never change.
    async fn add(&self, version: &PromptVersion, event: &Event) -> StoreResult<()>;
}
