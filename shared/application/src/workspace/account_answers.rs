//! What a provider's answer says about the account that was used: it works, or the provider refuses it.

use crate::ports::accounts::AccountStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::{StoreResult, unless_taken};
use domain::NotificationId;
use domain::event::{Event, EventKind};
use domain::workspace::notification::{Notification, NotificationKind};
use jiff::Timestamp;

/// Shows the error at the account, and notifies users of it once an hour.
pub(crate) async fn note_refusal(
    (accounts, notifications): (&dyn AccountStore, &dyn NotificationStore),
    account: &OpenAccount,
    detail: &str,
    now: Timestamp,
) -> StoreResult<()> {
    let hour = Timestamp::from_second(now.as_second() / 3600 * 3600).unwrap_or(now);
    let notification = Notification {
        id: NotificationId::derived(hour, &["account", account.id.as_str()]),
        workspace: account.workspace.clone(),
        user: None,
        kind: NotificationKind::Health,
        title: format!("{} refuses its account", account.name),
        detail: detail.to_owned(),
        lead: None,
        created_at: now,
        read_at: None,
    };
    let event = Event::system(EventKind::HealthNoted, now);
    notifications.put(&notification, &event).await?;
    let mut changed = account.account.clone();
    if !changed.note_error(detail, now) {
        return Ok(());
    }
    let event = Event::system(EventKind::AccountFailed, now);
    unless_taken(accounts.save(&changed, &event).await.map(drop))
}

/// Notes that the provider answered: an earlier refusal of the account is over.
pub(crate) async fn note_works(
    accounts: &dyn AccountStore,
    account: &OpenAccount,
    now: Timestamp,
) -> StoreResult<()> {
    let mut changed = account.account.clone();
    if !changed.note_works(now) {
        return Ok(());
    }
    let event = Event::system(EventKind::AccountWorks, now);
    unless_taken(accounts.save(&changed, &event).await.map(drop))
}
