//! The rows of notifications, and of what they do outside the app.

use super::Doc;
use crate::keys;
use domain::{NotificationId, UserId, WorkspaceId};

pub(super) fn describe(doc: &mut Doc, (workspace, user): (&WorkspaceId, &UserId), note: &NotificationId) {
    doc.key(
        "everyone's notifications",
        keys::notification(workspace, None, note),
        "`NotificationStore::{get, list}`",
    );
    doc.key("a user's", keys::notification(workspace, Some(user), note), "`NotificationStore::{get, list}`");
    doc.key(
        "the Slack channel that is told of notifications",
        keys::notify::slack_channel(workspace),
        "`SlackStore::{channel, save, disconnect}`",
    );
    doc.key(
        "a notification that the channel is told; expires",
        keys::notify::slack_post(workspace, note),
        "`SlackStore::{claim, release}`",
    );
    doc.key(
        "when a user gets the digest, and when the last one went out",
        keys::notify::digest(workspace, user),
        "`DigestStore::{settings, all, save}`",
    );
    doc.key(
        "what a user is told outside the app, and when",
        keys::notify::notification_choices(workspace, user),
        "`NotificationChoiceStore::{choices, save}`",
    );
    doc.key(
        "a device that notifications are pushed to",
        keys::notify::push_device(workspace, user, "{device}"),
        "`PushDeviceStore::{devices, users_with_devices, devices_of_browser, put_device, forget_devices}`",
    );
    doc.key(
        "a notification that a user's device is told; expires",
        keys::notify::push_post(workspace, user, ("{device}", note)),
        "`PushDeviceStore::{claim, release}`",
    );
}
