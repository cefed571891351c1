//! Stores templates.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::event::Event;
use domain::sequence::template::Template;
use domain::{TemplateId, WorkspaceId};

#[async_trait]
pub trait TemplateStore: Send + Sync {
    async fn get(&self, workspace: &WorkspaceId, id: &TemplateId) -> StoreResult<Template>;
    async fn save(&self, template: &Template, event: &Event) -> StoreResult<u64>;
    /// Deletes a template as it was read.
    async fn delete(&self, template: &Template, event: &Event) -> StoreResult<()>;
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Template>>;
}
