//! Stores the Slack channels of workspaces, and which notifications were told in one.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::event::Event;
use domain::workspace::slack_channel::SlackChannel;
use domain::{NotificationId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
pub trait SlackStore: Send + Sync {
    /// Returns the workspace's channel; none where none is connected.
    async fn channel(&self, workspace: &WorkspaceId) -> StoreResult<Option<SlackChannel>>;
    async fn save(&self, channel: &SlackChannel, event: &Event) -> StoreResult<u64>;
    async fn disconnect(&self, channel: &SlackChannel, event: &Event) -> StoreResult<()>;
    /// Claims a notification for the channel. MUST be true once only, until it is released.
    async fn claim(
        &self,
        workspace: &WorkspaceId,
        notification: &NotificationId,
        now: Timestamp,
    ) -> StoreResult<bool>;
    /// Gives back claims of notifications that Slack has not taken.
    async fn release(&self, workspace: &WorkspaceId, notifications: &[NotificationId]) -> StoreResult<()>;
}
