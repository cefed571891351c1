//! Tells of events that cannot be read. Each is kept as it came and may be read again, so it needs no dead letter.

use crate::ingesting::context::IngestPorts;
use crate::ports::store::{StoreResult, found};
use crate::queue_messages::IngestEvent;
use domain::NotificationId;
use domain::event::{Actor, Event, EventKind};
use domain::time::wall_clock::start_of_utc_day;
use domain::workspace::notification::{Notification, NotificationKind};

/// Tells everybody, once a day and account.
pub(super) async fn tell(ports: &IngestPorts, event: &IngestEvent) -> StoreResult<()> {
    let IngestEvent::Webhook { workspace, account, received_at, .. } = event else { return Ok(()) };
    let Some(known) = found(ports.accounts.get(workspace, account).await)? else { return Ok(()) };
    let notification = Notification {
        id: NotificationId::derived(start_of_utc_day(*received_at), &["unreadable", account.as_str()]),
        workspace: workspace.clone(),
        user: None,
        kind: NotificationKind::Health,
        title: format!("{} has sent an event that cannot be read", known.name),
        detail: "It is listed with the reason under Received events, where it can be read again.".to_owned(),
        lead: None,
        created_at: *received_at,
        read_at: None,
    };
    let told = Event::new(EventKind::HealthNoted, Actor::Provider(account.clone()), *received_at);
    ports.notifications.put(&notification, &told).await
}
