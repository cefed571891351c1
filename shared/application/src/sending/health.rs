//! How an account at a provider fares: its trouble is shown and told, and over once it takes messages again.

use crate::ports::notifications::NotificationStore;
use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::{StoreResult, unless_taken};
use crate::sending::SendPorts;
use domain::NotificationId;
use domain::event::Event;
use domain::workspace::account::Account;
use domain::workspace::notification::{Notification, NotificationKind};
use jiff::Timestamp;

/// Shown at the account, and told once an hour.
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

/// Known to people already: only shown.
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
    unless_taken(ports.accounts.save(&changed, &Event::system("account_failed", now)).await.map(drop))
}

/// What answers again is not shown as failing. What became of the message matters more: where this cannot be written,
/// the next answer tries again.
pub(super) async fn note_works(ports: &SendPorts, account: &OpenAccount, now: Timestamp) {
    let mut changed = account.account.clone();
    if !changed.note_works(now) {
        return;
    }
    let saved = ports.accounts.save(&changed, &Event::system("account_works", now)).await;
    if let Err(error) = unless_taken(saved.map(drop)) {
        tracing::warn!(account.id = %changed.id, %error, "an account that works again is shown as failing");
    }
}

/// Told once an hour.
pub(super) async fn note_back(ports: &SendPorts, account: &Account, now: Timestamp) -> StoreResult<()> {
    let title = format!("{} accepts messages again", account.name);
    notify(&*ports.notifications, account, title, "Waiting messages go out a few at a time.", &["back"], now)
        .await
}

/// A report says that what it sends is refused for what we are. Told once an hour.
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
    notifications.put(&notification, &Event::system("health_noted", now)).await
}
