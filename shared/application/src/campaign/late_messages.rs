//! Tells the owner of a campaign, once a day, that late messages wait for a decision on whether they still go out.

use crate::ports::notifications::NotificationStore;
use crate::ports::store::StoreResult;
use domain::NotificationId;
use domain::campaign::Campaign;
use domain::event::{Event, EventKind};
use domain::workspace::notification::{Notification, NotificationKind};
use jiff::Timestamp;

pub async fn notify_late_messages(
    notifications: &dyn NotificationStore,
    campaign: &Campaign,
    now: Timestamp,
) -> StoreResult<()> {
    let day = campaign.day(now);
    let begins = day.to_zoned(campaign.zone.zone()).map_or(now, |begins| begins.timestamp());
    let notification = Notification {
        id: NotificationId::derived(begins, &["late", campaign.id.as_str(), &day.to_string()]),
        workspace: campaign.workspace.clone(),
        user: campaign.owner.clone(),
        kind: NotificationKind::Late,
        title: format!("{}: messages are late", campaign.name),
        detail: "They are more than 48 hours late. Decide on the campaign's page whether they still go out."
            .to_owned(),
        lead: None,
        created_at: now,
        read_at: None,
    };
    notifications.put(&notification, &Event::system(EventKind::LateNoted, now)).await
}
