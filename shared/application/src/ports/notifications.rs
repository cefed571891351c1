//! Stores notifications.

use crate::ports::store::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::event::Event;
use domain::workspace::notification::Notification;
use domain::{NotificationId, UserId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
pub trait NotificationStore: Send + Sync {
    /// Stores a notification. A known id changes nothing.
    async fn put(&self, notification: &Notification, event: &Event) -> StoreResult<()>;
    /// Reads one, a user's or one of all users'.
    async fn get(
        &self,
        workspace: &WorkspaceId,
        user: Option<&UserId>,
        id: &NotificationId,
    ) -> StoreResult<Notification>;
    /// Returns the user's and the workspace's notifications, newest first.
    async fn list(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        page: PageRequest,
    ) -> StoreResult<Page<Notification>>;
    async fn mark_read(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        ids: &[NotificationId],
        at: Timestamp,
    ) -> StoreResult<()>;
}
