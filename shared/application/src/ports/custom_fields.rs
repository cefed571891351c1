//! Stores the custom fields of a workspace.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::WorkspaceId;
use domain::event::Event;
use domain::lead::custom_field::CustomFields;

#[async_trait]
pub trait CustomFieldStore: Send + Sync {
    /// Reads the fields; a workspace without any has an empty list.
    async fn get(&self, workspace: &WorkspaceId) -> StoreResult<CustomFields>;
    async fn save(&self, fields: &CustomFields, event: &Event) -> StoreResult<u64>;
}
