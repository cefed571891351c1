//! Orders that new notifications are pushed to the users who have a device, and what a push service did not take once more.

use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{StoreResult, or_skip};
use crate::ports::web_push::PushDeviceStore;
use crate::queue_messages::{CampaignJob, NotificationKey};
use crate::web_push::devices::WebPushPorts;
use crate::web_push::send::push_notifications;
use domain::workspace::notification::Notification;
use domain::{UserId, WorkspaceId};
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// The shortest and the longest wait for the next order; a queue delays no message for longer.
const FIRST_WAIT: i64 = 30;
const LONGEST_WAIT: i64 = 900;

pub(crate) async fn order_pushes(
    devices: &dyn PushDeviceStore,
    outbox: &dyn Outbox,
    new: &[Notification],
) -> StoreResult<()> {
    let mut by_workspace: BTreeMap<&WorkspaceId, Vec<&Notification>> = BTreeMap::new();
    for one in new {
        by_workspace.entry(&one.workspace).or_default().push(one);
    }
    let mut orders = Vec::new();
    for (workspace, new) in by_workspace {
        for user in or_skip(devices.users_with_devices(workspace).await, workspace)? {
            let is_for = |one: &&&Notification| one.user.as_ref().is_none_or(|addressed| *addressed == user);
            let told: Vec<NotificationKey> = new
                .iter()
                .filter(is_for)
                .map(|one| NotificationKey { user: one.user.clone(), id: one.id.clone() })
                .collect();
            if !told.is_empty() {
                let workspace = workspace.clone();
                orders.push(CampaignJob::PushNotifications { workspace, user, told, tries: 0 });
            }
        }
    }
    send_all(outbox, &orders, 0).await
}

/// Pushes what was ordered. What some device did not get is ordered anew, as long as it is news: a push service that is out
/// of order for hours must not fill the dead letters.
pub async fn carry_out_pushes(
    ports: &WebPushPorts,
    outbox: &dyn Outbox,
    (workspace, user): (WorkspaceId, UserId),
    (told, tries): (Vec<NotificationKey>, u32),
) -> StoreResult<()> {
    let Some(asked) = push_notifications(ports, (&workspace, &user), &told).await? else { return Ok(()) };
    let wait = wait_seconds(asked, tries);
    tracing::info!(workspace.id = %workspace, tries, wait, "a push service takes nothing for now: the push is ordered anew");
    let tries = tries.saturating_add(1);
    send_all(outbox, &[CampaignJob::PushNotifications { workspace, user, told, tries }], wait).await
}

/// The wait that a push service asks for, and at least one that doubles with each order.
fn wait_seconds(asked: SignedDuration, tries: u32) -> u32 {
    let doubled = FIRST_WAIT << tries.min(5);
    u32::try_from(asked.as_secs().max(doubled).min(LONGEST_WAIT)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wait_is_what_the_push_service_asks_for_and_grows_up_to_what_a_queue_can_delay() {
        for (asked, tries, wait) in [
            (0, 0, 30),
            (7, 0, 30),
            (45, 0, 45),
            (45, 1, 60),
            (0, 4, 480),
            (0, 5, 900),
            (0, u32::MAX, 900),
            (86_400, 0, 900),
        ] {
            assert_eq!(wait_seconds(SignedDuration::from_secs(asked), tries), wait, "{asked} {tries}");
        }
    }
}
