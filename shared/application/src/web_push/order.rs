//! Orders that new notifications are pushed to the users who have a device.

use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::StoreResult;
use crate::ports::web_push::PushDeviceStore;
use crate::queue_messages::{CampaignJob, NotificationKey};
use domain::WorkspaceId;
use domain::workspace::notification::Notification;
use std::collections::BTreeMap;

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
        for user in devices.users_with_devices(workspace).await? {
            let is_for = |one: &&&Notification| one.user.as_ref().is_none_or(|addressed| *addressed == user);
            let told: Vec<NotificationKey> = new
                .iter()
                .filter(is_for)
                .map(|one| NotificationKey { user: one.user.clone(), id: one.id.clone() })
                .collect();
            if !told.is_empty() {
                orders.push(CampaignJob::PushNotifications { workspace: workspace.clone(), user, told });
            }
        }
    }
    send_all(outbox, &orders, 0).await
}
