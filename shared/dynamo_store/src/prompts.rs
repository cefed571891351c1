//! Instructions for prompts: an item for each version, which is put once and never changed.

use crate::item::{Head, Stored, decode, encode, plain_item};
use crate::keys::{Key, Tenant, prompts as keys};
use crate::pages::Order;
use crate::query::Query;
use crate::table::Table;
use crate::write::{absent, put};
use application::ports::prompts::PromptStore;
use application::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::ai_prompt::PromptVersion;
use domain::event::Event;
use domain::spend::AiUse;
use domain::{UserId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl PromptStore for Table {
    async fn latest(&self, workspace: &WorkspaceId, prompt: AiUse) -> StoreResult<Option<PromptVersion>> {
        let partition = keys::prompt_versions(workspace, prompt);
        let newest = self.query(Query::table(&partition).descending().limit(1)).await?;
        newest.into_iter().next().map(decode).transpose()
    }

    async fn versions(
        &self,
        workspace: &WorkspaceId,
        prompt: AiUse,
        page: PageRequest,
    ) -> StoreResult<Page<PromptVersion>> {
        let partition = keys::prompt_versions(workspace, prompt);
        let (limit, cursor) = (page.limit, page.cursor.as_deref());
        let found = self.page(&partition, Order::TableDescending, limit, cursor, |_| true).await?;
        let items = found.items.into_iter().map(decode).collect::<StoreResult<_>>()?;
        Ok(Page { items, next_cursor: found.next_cursor })
    }

    async fn add(&self, version: &PromptVersion, event: &Event) -> StoreResult<()> {
        Ok(self.write(put(encode(version, 1, Some(event))?, absent())).await?)
    }
}

plain_item! { PromptVersionItem of PromptVersion, {
    workspace: WorkspaceId,
    prompt: AiUse,
    version: u32,
    instructions: String,
    by: Option<UserId>,
    at: Timestamp,
} }

impl Stored for PromptVersion {
    const ENTITY: &'static str = "prompt_version";
    type Scope = Tenant;
    type Body = PromptVersionItem;

    fn key(&self) -> Key<Tenant> {
        keys::prompt_version(&self.workspace, self.prompt, self.version)
    }
    fn body(&self, _rev: u64) -> PromptVersionItem {
        PromptVersionItem::of(self)
    }
    fn from_body(body: PromptVersionItem, _head: &Head) -> Result<Self, String> {
        Ok(body.into_entity())
    }
}
