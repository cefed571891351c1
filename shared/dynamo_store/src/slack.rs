//! The Slack channel of a workspace, and the claims of what it is told: an item for each notification, which expires.

use crate::errors::Refused;
use crate::item::{Head, Stored, encode, plain_item};
use crate::keys::{self, Key, Tenant};
use crate::table::Table;
use crate::times::passes;
use crate::write::{absent, put};
use application::StoreResult;
use application::ports::slack::SlackStore;
use async_trait::async_trait;
use domain::event::Event;
use domain::workspace::notification::NotificationKind;
use domain::workspace::slack_channel::{SlackChannel, SlackOff};
use domain::{NotificationId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl SlackStore for Table {
    async fn channel(&self, workspace: &WorkspaceId) -> StoreResult<Option<SlackChannel>> {
        self.find(&keys::notify::slack_channel(workspace)).await
    }

    async fn save(&self, channel: &SlackChannel, event: &Event) -> StoreResult<u64> {
        self.save_entity(channel, Some(event)).await
    }

    async fn disconnect(&self, channel: &SlackChannel, event: &Event) -> StoreResult<()> {
        self.delete_entity(channel, event).await
    }

    async fn claim(
        &self,
        workspace: &WorkspaceId,
        notification: &NotificationId,
        now: Timestamp,
    ) -> StoreResult<bool> {
        let post = SlackPost { workspace: workspace.clone(), notification: notification.clone(), at: now };
        // A write that is repeated after a lost answer finds its own claim: the notification is then not told, rather than
        // twice.
        match self.write(put(encode(&post, 1, None)?, absent())).await {
            Ok(()) => Ok(true),
            Err(Refused::Condition(_)) => Ok(false),
            Err(refused) => Err(refused.into()),
        }
    }

    async fn release(&self, workspace: &WorkspaceId, notifications: &[NotificationId]) -> StoreResult<()> {
        let keys: Vec<_> = notifications.iter().map(|id| keys::notify::slack_post(workspace, id)).collect();
        self.delete_all(&keys).await
    }
}

plain_item! { SlackChannelItem of SlackChannel, rev, {
    workspace: WorkspaceId,
    sealed_url: String,
    ending: String,
    kinds: Vec<NotificationKind>,
    with_details: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    off: Option<SlackOff>,
} }

impl Stored for SlackChannel {
    const ENTITY: &'static str = "slack_channel";
    type Scope = Tenant;
    type Body = SlackChannelItem;

    fn key(&self) -> Key<Tenant> {
        keys::notify::slack_channel(&self.workspace)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> SlackChannelItem {
        SlackChannelItem::of(self)
    }
    fn from_body(body: SlackChannelItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}

/// A notification that the channel is told, or was.
pub(crate) struct SlackPost {
    workspace: WorkspaceId,
    notification: NotificationId,
    at: Timestamp,
}

plain_item! { SlackPostItem of SlackPost, {
    workspace: WorkspaceId,
    notification: NotificationId,
    at: Timestamp,
} }

impl Stored for SlackPost {
    const ENTITY: &'static str = "slack_post";
    type Scope = Tenant;
    type Body = SlackPostItem;

    fn key(&self) -> Key<Tenant> {
        keys::notify::slack_post(&self.workspace, &self.notification)
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(passes(self.at))
    }
    fn body(&self, _rev: u64) -> SlackPostItem {
        SlackPostItem::of(self)
    }
    fn from_body(body: SlackPostItem, _head: &Head) -> Result<Self, String> {
        Ok(body.into_entity())
    }
}
