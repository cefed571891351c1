//! The health of an account: users are shown and told when its provider fails, and when it takes messages again.

use crate::ports::notifications::NotificationStore;
use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::{StoreResult, unless_taken};
use crate::sending::ports::SendPorts;
use domain::NotificationId;
use domain::event::{Event, EventKind};
use domain::workspace::account::Account;
use domain::workspace::notification::{Notification, NotificationKind};
use jiff::Timestamp;

/// Shows an error at the account, and tells users once an hour.
pub(super) async fn note_error(
    ports: &SendPorts,
    account: &OpenAccount,
    detail: &str,
    now: Timestamp,
) -> StoreResult<()> {
    let title = format!("{} does not accept messages", account.name);
    notify(&*ports.notifications, account, title, detail, &[], now).await?;
    note_still_fails(ports, account, detail, now).await
}

/// Shows an error that users were told of before.
pub(super) async fn note_still_fails(
    ports: &SendPorts,
    account: &Account,
    detail: &str,
    now: Timestamp,
) -> StoreResult<()> {
    let mut changed = account.clone();
    if !changed.note_error(detail, now) {
        return Ok(());
    }
    unless_taken(ports.accounts.save(&changed, &Event::system(EventKind::AccountFailed, now)).await.map(drop))
}

/// Stops showing an account as failing that answers again. If this cannot be written the next answer tries again: the
/// outcome of the message matters more.
pub(super) async fn note_works(ports: &SendPorts, account: &OpenAccount, now: Timestamp) {
    let mut changed = account.account.clone();
    if !changed.note_works(now) {
        return;
    }
    let saved = ports.accounts.save(&changed, &Event::system(EventKind::AccountWorks, now)).await;
    if let Err(error) = unless_taken(saved.map(drop)) {
        tracing::warn!(account.id = %changed.id, %error, "an account that works again is shown as failing");
    }
}

/// Tells users, once an hour, that the account's provider is back.
pub(super) async fn note_recovered(ports: &SendPorts, account: &Account, now: Timestamp) -> StoreResult<()> {
    let title = format!("{} accepts messages again", account.name);
    notify(&*ports.notifications, account, title, "Waiting messages go out a few at a time.", &["back"], now)
        .await
}

/// Tells users, once an hour, that messages from the account are refused because of the sender.
pub(crate) async fn note_blocked(
    notifications: &dyn NotificationStore,
    account: &Account,
    detail: &str,
    now: Timestamp,
) -> StoreResult<()> {
    let title = format!("Messages from {} are blocked", account.name);
    notify(notifications, account, title, detail, &["blocked"], now).await
}

async fn notify(
    notifications: &dyn NotificationStore,
    account: &Account,
    title: String,
    detail: &str,
    what: &[&str],
    now: Timestamp,
) -> StoreResult<()> {
    let number = now.as_second() / 3600;
    let hour = Timestamp::from_second(number * 3600).unwrap_or(now);
    let number = number.to_string();
    let mut once_for = vec![account.id.as_str(), &number];
    once_for.extend(what);
    let notification = Notification {
        id: NotificationId::derived(hour, &once_for),
        workspace: account.workspace.clone(),
        user: None,
        kind: NotificationKind::Health,
        title,
        detail: detail.to_owned(),
        lead: None,
        created_at: now,
        read_at: None,
    };
    notifications.put(&notification, &Event::system(EventKind::HealthNoted, now)).await
}
