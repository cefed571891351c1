//! A workspace's custom fields: one item, read wherever a lead's values are checked or shown.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::table::Table;
use application::StoreResult;
use application::ports::custom_fields::CustomFieldStore;
use async_trait::async_trait;
use domain::event::Event;
use domain::lead::custom_field::{CustomField, CustomFields, OptOutAnswer, OptionRename};
use domain::{CustomFieldId, WorkspaceId};
use std::collections::BTreeMap;

#[async_trait]
impl CustomFieldStore for Table {
    async fn get(&self, workspace: &WorkspaceId) -> StoreResult<CustomFields> {
        let found = self.find(&keys::custom_fields(workspace)).await?;
        Ok(found.unwrap_or_else(|| CustomFields::none(workspace.clone())))
    }

    async fn save(&self, fields: &CustomFields, event: &Event) -> StoreResult<u64> {
        self.save_entity(fields, Some(event)).await
    }
}

plain_item! { CustomFieldsItem of CustomFields, rev, {
    workspace: WorkspaceId,
    fields: Vec<CustomField>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    renames: Vec<OptionRename>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    answered_opt_outs: Vec<CustomFieldId>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    opt_out_answers: BTreeMap<CustomFieldId, OptOutAnswer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opt_out_search: Option<String>,
} }

impl Stored for CustomFields {
    const ENTITY: &'static str = "custom_fields";
    type Scope = Tenant;
    type Body = CustomFieldsItem;

    fn key(&self) -> Key<Tenant> {
        keys::custom_fields(&self.workspace)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> CustomFieldsItem {
        CustomFieldsItem::of(self)
    }
    fn from_body(body: CustomFieldsItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
