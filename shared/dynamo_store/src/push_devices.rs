//! The devices that notifications are pushed to, and which were pushed to each. A device goes with its session, and a claim
//! expires: neither is told in the log.

use crate::errors::Refused;
use crate::item::{Head, Stored, encode, plain_item, text};
use crate::keys::{self, Key, Tenant};
use crate::query::{Query, Range};
use crate::table::Table;
use crate::times::passes;
use crate::write::{Expression, absent, delete, put};
use application::StoreResult;
use application::ports::web_push::PushDeviceStore;
use async_trait::async_trait;
use domain::workspace::push::PushSession;
use domain::workspace::web_push::PushDevice;
use domain::{NotificationId, UserId, WorkspaceId};
use jiff::Timestamp;
use std::collections::BTreeSet;

#[async_trait]
impl PushDeviceStore for Table {
    async fn devices(&self, workspace: &WorkspaceId, user: &UserId) -> StoreResult<Vec<PushDevice>> {
        let partition = keys::notify::push_devices(workspace);
        let own = Range::Prefix(keys::notify::push_devices_of(user));
        let mut devices: Vec<PushDevice> = self.query_all(Query::table(&partition).range(own)).await?;
        devices.sort_by(|one, other| (one.added_at, &one.id).cmp(&(other.added_at, &other.id)));
        Ok(devices)
    }

    async fn users_with_devices(&self, workspace: &WorkspaceId) -> StoreResult<BTreeSet<UserId>> {
        let partition = keys::notify::push_devices(workspace);
        let all: Vec<PushDevice> = self.query_all(Query::table(&partition).eventual()).await?;
        Ok(all.into_iter().map(|device| device.of.user).collect())
    }

    async fn devices_of_browser(&self, workspace: &WorkspaceId, id: &str) -> StoreResult<Vec<PushDevice>> {
        let mut all: Vec<PushDevice> =
            self.query_all(Query::table(&keys::notify::push_devices(workspace))).await?;
        all.retain(|device| device.id == id);
        Ok(all)
    }

    async fn put_device(&self, device: &PushDevice) -> StoreResult<()> {
        Ok(self.write(put(encode(device, 1, None)?, None)).await?)
    }

    async fn forget_devices(&self, gone: &[PushDevice]) -> StoreResult<()> {
        for device in gone {
            let as_read = Expression::new("#added_at = :added_at").name("#added_at", "added_at");
            let as_read = as_read.value(":added_at", text(device.added_at.to_string()));
            match self.write(delete(&device.key(), Some(as_read))).await {
                Ok(()) | Err(Refused::Condition(_)) => {}
                Err(refused) => return Err(refused.into()),
            }
        }
        Ok(())
    }

    async fn claim(
        &self,
        device: &PushDevice,
        notification: &NotificationId,
        now: Timestamp,
    ) -> StoreResult<bool> {
        let post = PushPost {
            workspace: device.workspace.clone(),
            user: device.of.user.clone(),
            device: device.id.clone(),
            notification: notification.clone(),
            at: now,
        };
        // A write that is repeated after a lost answer finds its own claim: the notification is then not pushed, rather than
        // twice.
        match self.write(put(encode(&post, 1, None)?, absent())).await {
            Ok(()) => Ok(true),
            Err(Refused::Condition(_)) => Ok(false),
            Err(refused) => Err(refused.into()),
        }
    }

    async fn release(&self, device: &PushDevice, notifications: &[NotificationId]) -> StoreResult<()> {
        let key = |id| keys::notify::push_post(&device.workspace, &device.of.user, (device.id.as_str(), id));
        self.delete_all(&notifications.iter().map(key).collect::<Vec<_>>()).await
    }
}

plain_item! { PushDeviceItem of PushDevice, {
    workspace: WorkspaceId,
    id: String,
    of: PushSession,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    sealed: String,
    server_key: String,
    added_at: Timestamp,
} }

impl Stored for PushDevice {
    const ENTITY: &'static str = "push_device";
    type Scope = Tenant;
    type Body = PushDeviceItem;

    fn key(&self) -> Key<Tenant> {
        keys::notify::push_device(&self.workspace, &self.of.user, &self.id)
    }
    fn body(&self, _rev: u64) -> PushDeviceItem {
        PushDeviceItem::of(self)
    }
    fn from_body(body: PushDeviceItem, _head: &Head) -> Result<Self, String> {
        Ok(body.into_entity())
    }
}

/// A notification that is pushed to a user's device, or was.
pub(crate) struct PushPost {
    workspace: WorkspaceId,
    user: UserId,
    device: String,
    notification: NotificationId,
    at: Timestamp,
}

plain_item! { PushPostItem of PushPost, {
    workspace: WorkspaceId,
    user: UserId,
    device: String,
    notification: NotificationId,
    at: Timestamp,
} }

impl Stored for PushPost {
    const ENTITY: &'static str = "push_post";
    type Scope = Tenant;
    type Body = PushPostItem;

    fn key(&self) -> Key<Tenant> {
        keys::notify::push_post(&self.workspace, &self.user, (self.device.as_str(), &self.notification))
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(passes(self.at))
    }
    fn body(&self, _rev: u64) -> PushPostItem {
        PushPostItem::of(self)
    }
    fn from_body(body: PushPostItem, _head: &Head) -> Result<Self, String> {
        Ok(body.into_entity())
    }
}
