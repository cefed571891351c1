//! Notifications: a partition for all users and one for each user, read as one.

use crate::errors::Refused;
use crate::item::{Head, Stored, decode, encode, plain_item, text};
use crate::keys::{self, Key, Tenant};
use crate::pages::Order;
use crate::table::Table;
use crate::times::passes;
use crate::write::{Expression, absent, put, update};
use application::ports::notifications::NotificationStore;
use application::{Page, PageRequest, StoreResult};
use async_trait::async_trait;
use domain::event::Event;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::{LeadId, NotificationId, UserId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl NotificationStore for Table {
    async fn put(&self, notification: &Notification, event: &Event) -> StoreResult<()> {
        match self.write(put(encode(notification, 1, Some(event))?, absent())).await {
            Ok(()) | Err(Refused::Condition(_)) => Ok(()),
            Err(refused) => Err(refused.into()),
        }
    }

    async fn get(
        &self,
        workspace: &WorkspaceId,
        user: Option<&UserId>,
        id: &NotificationId,
    ) -> StoreResult<Notification> {
        self.read(&keys::notification(workspace, user, id)).await
    }

    async fn list(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        page: PageRequest,
    ) -> StoreResult<Page<Notification>> {
        let partitions = [keys::notifications(workspace, Some(user)), keys::notifications(workspace, None)];
        let limit = page.limit.clamp(1, 200);
        let found =
            self.page_merged(&partitions, Order::TableDescending, limit, page.cursor.as_deref()).await?;
        let items = found.items.into_iter().map(decode).collect::<StoreResult<_>>()?;
        Ok(Page { items, next_cursor: found.next_cursor })
    }

    async fn mark_read(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        ids: &[NotificationId],
        at: Timestamp,
    ) -> StoreResult<()> {
        for id in ids {
            for whose in [Some(user), None] {
                let read = Expression::new("SET #read = :at")
                    .name("#read", "read_at")
                    .value(":at", text(at.to_string()));
                let unread = Expression::new("attribute_exists(pk) AND attribute_not_exists(#read)");
                let key = keys::notification(workspace, whose, id);
                match self.write(update(&key, read, Some(unread))).await {
                    Ok(()) | Err(Refused::Condition(_)) => {}
                    Err(refused) => return Err(refused.into()),
                }
            }
        }
        Ok(())
    }
}

plain_item! { NotificationItem of Notification, {
    id: NotificationId,
    workspace: WorkspaceId,
    user: Option<UserId>,
    kind: NotificationKind,
    title: String,
    detail: String,
    lead: Option<LeadId>,
    created_at: Timestamp,
    read_at: Option<Timestamp>,
} }

impl Stored for Notification {
    const ENTITY: &'static str = "notification";
    type Scope = Tenant;
    type Body = NotificationItem;

    fn key(&self) -> Key<Tenant> {
        keys::notification(&self.workspace, self.user.as_ref(), &self.id)
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(passes(self.created_at))
    }
    fn body(&self, _rev: u64) -> NotificationItem {
        NotificationItem::of(self)
    }
    fn from_body(body: NotificationItem, _head: &Head) -> Result<Self, String> {
        Ok(body.into_entity())
    }
}
