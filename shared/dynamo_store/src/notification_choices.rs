//! What users have chosen to be told outside the app.

use crate::item::{Head, Stored, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::table::Table;
use application::StoreResult;
use application::ports::web_push::NotificationChoiceStore;
use async_trait::async_trait;
use domain::event::Event;
use domain::workspace::notification::NotificationKind;
use domain::workspace::notification_choices::{NotificationChoices, QuietHours};
use domain::{UserId, WorkspaceId};

#[async_trait]
impl NotificationChoiceStore for Table {
    async fn choices(&self, workspace: &WorkspaceId, user: &UserId) -> StoreResult<NotificationChoices> {
        let found = self.find(&keys::notify::notification_choices(workspace, user)).await?;
        Ok(found.unwrap_or_else(|| NotificationChoices::usual(workspace.clone(), user.clone())))
    }

    async fn save(&self, choices: &NotificationChoices, event: &Event) -> StoreResult<u64> {
        self.save_entity(choices, Some(event)).await
    }
}

plain_item! { NotificationChoicesItem of NotificationChoices, rev, {
    workspace: WorkspaceId,
    user: UserId,
    browser: Vec<NotificationKind>,
    pushed: Vec<NotificationKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quiet: Option<QuietHours>,
    hot_leads_always: bool,
} }

impl Stored for NotificationChoices {
    const ENTITY: &'static str = "notification_choices";
    type Scope = Tenant;
    type Body = NotificationChoicesItem;

    fn key(&self) -> Key<Tenant> {
        keys::notify::notification_choices(&self.workspace, &self.user)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> NotificationChoicesItem {
        NotificationChoicesItem::of(self)
    }
    fn from_body(body: NotificationChoicesItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
