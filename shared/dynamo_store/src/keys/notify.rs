//! The keys of what notifications do outside the app: the Slack channel with what it was told, and the users' digests.

use super::{Partition, Tenant, WorkspaceKey, of};
use domain::{NotificationId, UserId, WorkspaceId};

pub(crate) fn slack_channel(workspace: &WorkspaceId) -> WorkspaceKey {
    of(workspace, "SLACK").at("CHANNEL")
}

/// The claim of a notification that the channel is told.
pub(crate) fn slack_post(workspace: &WorkspaceId, notification: &NotificationId) -> WorkspaceKey {
    of(workspace, "SLACKPOSTS").at(notification.ulid_text())
}

/// The partition of the settings of the users' digests.
pub(crate) fn digests(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "DIGESTS")
}

pub(crate) fn digest(workspace: &WorkspaceId, user: &UserId) -> WorkspaceKey {
    digests(workspace).at(user.ulid_text())
}

pub(crate) fn notification_choices(workspace: &WorkspaceId, user: &UserId) -> WorkspaceKey {
    of(workspace, "NOTIFICATION_CHOICES").at(user.ulid_text())
}

/// The partition of the devices of all users, a user's together.
pub(crate) fn push_devices(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "PUSH_DEVICES")
}

/// The beginning of the keys of a user's devices.
pub(crate) fn push_devices_of(user: &UserId) -> String {
    format!("{}#", user.ulid_text())
}

pub(crate) fn push_device(workspace: &WorkspaceId, user: &UserId, device: &str) -> WorkspaceKey {
    push_devices(workspace).at(format!("{}{device}", push_devices_of(user)))
}

/// The claim of a notification that a user's device is told.
pub(crate) fn push_post(
    workspace: &WorkspaceId,
    user: &UserId,
    (device, notification): (&str, &NotificationId),
) -> WorkspaceKey {
    let device = format!("{}{device}", push_devices_of(user));
    of(workspace, "PUSH_POSTS").at(format!("{device}#{}", notification.ulid_text()))
}
