//! Templates: one partition a workspace.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::query::Query;
use crate::table::Table;
use application::StoreResult;
use application::ports::templates::TemplateStore;
use async_trait::async_trait;
use domain::contact::channel::Channel;
use domain::event::Event;
use domain::sequence::template::Template;
use domain::{TemplateId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl TemplateStore for Table {
    async fn get(&self, workspace: &WorkspaceId, id: &TemplateId) -> StoreResult<Template> {
        self.read(&keys::template(workspace, id)).await
    }

    async fn save(&self, template: &Template, event: &Event) -> StoreResult<u64> {
        self.save_entity(template, Some(event)).await
    }

    async fn delete(&self, template: &Template, event: &Event) -> StoreResult<()> {
        self.delete_entity(template, event).await
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Template>> {
        self.query_all(Query::table(&keys::templates(workspace)).descending()).await
    }
}

plain_item! { TemplateItem of Template, rev, {
    id: TemplateId,
    workspace: WorkspaceId,
    name: String,
    category: String,
    channel: Channel,
    subject: String,
    body: String,
    favourite: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
} }

impl Stored for Template {
    const ENTITY: &'static str = "template";
    type Scope = Tenant;
    type Body = TemplateItem;

    fn key(&self) -> Key<Tenant> {
        keys::template(&self.workspace, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> TemplateItem {
        TemplateItem::of(self)
    }
    fn from_body(body: TemplateItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
