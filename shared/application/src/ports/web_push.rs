//! Stores the devices that notifications are pushed to and what users have chosen, and reaches push services.

use crate::ports::provider_calls::CallError;
use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::event::Event;
use domain::workspace::notification_choices::NotificationChoices;
use domain::workspace::web_push::{PushDevice, PushEndpoint};
use domain::{NotificationId, UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

#[async_trait]
pub trait PushDeviceStore: Send + Sync {
    /// Lists a user's devices, oldest first. The answer MUST be strongly consistent.
    async fn devices(&self, workspace: &WorkspaceId, user: &UserId) -> StoreResult<Vec<PushDevice>>;
    /// Returns the users of the workspace who have a device; it may be a moment behind.
    async fn users_with_devices(&self, workspace: &WorkspaceId) -> StoreResult<BTreeSet<UserId>>;
    /// Returns the devices of all users that are the browser with this id.
    async fn devices_of_browser(&self, workspace: &WorkspaceId, id: &str) -> StoreResult<Vec<PushDevice>>;
    /// Stores a device, in place of its user's with its id.
    async fn put_device(&self, device: &PushDevice) -> StoreResult<()>;
    /// Forgets devices as they were read. A device that was added again since MUST stay.
    async fn forget_devices(&self, gone: &[PushDevice]) -> StoreResult<()>;
    /// Claims a notification for a device. MUST be true once only, until it is released.
    async fn claim(
        &self,
        device: &PushDevice,
        notification: &NotificationId,
        now: Timestamp,
    ) -> StoreResult<bool>;
    /// Gives back claims of notifications that the push service has not taken.
    async fn release(&self, device: &PushDevice, notifications: &[NotificationId]) -> StoreResult<()>;
}

#[async_trait]
pub trait NotificationChoiceStore: Send + Sync {
    /// Returns a user's choices, the usual ones where nothing was chosen. The answer MUST be strongly consistent.
    async fn choices(&self, workspace: &WorkspaceId, user: &UserId) -> StoreResult<NotificationChoices>;
    /// Saves choices. `Conflict` if they were saved since they were read.
    async fn save(&self, choices: &NotificationChoices, event: &Event) -> StoreResult<u64>;
}

/// What a push service is asked to carry (RFC 8030).
pub struct PushDelivery {
    pub endpoint: PushEndpoint,
    /// The proof of who pushes (RFC 8292).
    pub authorization: String,
    /// The time for which it is kept for a device that is off.
    pub keep_for: SignedDuration,
    pub is_urgent: bool,
    /// A word: a later delivery with the same replaces one that still waits.
    pub topic: String,
    /// The text, encrypted for the device (RFC 8291).
    pub body: Vec<u8>,
}

/// A push service's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PushReply {
    pub status: u16,
    /// The wait that it asks for.
    pub retry_after: Option<SignedDuration>,
}

#[async_trait]
pub trait PushService: Send + Sync {
    /// Asks once. It MUST refuse addresses that are not public, and follows no redirect.
    async fn deliver(&self, delivery: &PushDelivery) -> Result<PushReply, CallError>;
}
