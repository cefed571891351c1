//! Events in a form that holds no data. They are ignored, the account says what to change at the provider, and
//! everybody is told once.

use crate::ingesting::context::{IngestPorts, Origin};
use crate::ports::store::{StoreResult, found};
use crate::retry;
use domain::NotificationId;
use domain::event::{Actor, Event, EventKind};
use domain::workspace::notification::{Notification, NotificationKind};

pub(super) async fn note_wrong_form(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    told: &'static str,
) -> StoreResult<()> {
    if origin.was_handled() {
        return Ok(());
    }
    let at = origin.received_at;
    let event = Event::new(EventKind::HealthNoted, Actor::Provider(origin.account.clone()), at);
    retry!(async {
        let Some(mut account) = found(ports.accounts.get(origin.workspace, origin.account).await)? else {
            return Ok(());
        };
        if account.last_error.as_ref().is_some_and(|last| last.detail == told) {
            return Ok(());
        }
        let notification = Notification {
            id: NotificationId::derived(at, &["wrong-form", origin.account.as_str()]),
            workspace: origin.workspace.clone(),
            user: None,
            kind: NotificationKind::Health,
            title: format!("{} sends events that cannot be used", account.name),
            detail: told.to_owned(),
            lead: None,
            created_at: at,
            read_at: None,
        };
        // The account is written last: an event that breaks off before it tells this again, under the same id.
        ports.notifications.put(&notification, &event).await?;
        account.note_error(told, at);
        ports.accounts.save(&account, &event).await.map(drop)
    })
}

/// Notes that the account's events are of use after all.
pub(super) async fn note_form_is_right(ports: &IngestPorts, origin: &Origin<'_>) -> StoreResult<()> {
    if origin.was_handled() {
        return Ok(());
    }
    retry!(async {
        let account = found(ports.accounts.get(origin.workspace, origin.account).await)?;
        let Some(mut account) = account else { return Ok(()) };
        let event =
            Event::new(EventKind::HealthNoted, Actor::Provider(origin.account.clone()), origin.received_at);
        match account.note_works(origin.received_at) {
            true => ports.accounts.save(&account, &event).await.map(drop),
            false => Ok(()),
        }
    })
}
