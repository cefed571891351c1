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
