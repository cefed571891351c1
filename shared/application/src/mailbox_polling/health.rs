//! The health of a mailbox that is read: a failure is shown at its account and its users are told, once for each series of
//! failures; the end of it is shown, too. Failures of sending from the same account stay as they are.

use crate::mailbox_polling::ports::PollPorts;
use crate::ports::store::{StoreResult, found};
use crate::retry;
use domain::NotificationId;
use domain::event::{Event, EventKind};
use domain::workspace::account::Account;
use domain::workspace::mailbox_reading::MailboxReading;
use domain::workspace::notification::{Notification, NotificationKind};
use jiff::Timestamp;

pub(super) async fn note_trouble(
    ports: &PollPorts,
    account: &Account,
    reading: &MailboxReading,
    now: Timestamp,
) -> StoreResult<()> {
    let Some(failure) = &reading.failure else { return Ok(()) };
    let known = found(ports.accounts.get(&account.workspace, &account.id).await)?;
    // A lost grant or a refused login is shown there, and was told.
    if known.is_none_or(|known| known.last_error.is_some_and(|last| last.needs_a_person())) {
        return Ok(());
    }
    let notification = Notification {
        id: NotificationId::derived(failure.since, &[account.id.as_str(), "reading"]),
        workspace: account.workspace.clone(),
        user: None,
        kind: NotificationKind::Health,
        title: format!("{} cannot be read", account.name),
        detail: format!("{} Its messages wait until its replies are read.", ended(&failure.detail)),
        lead: None,
        created_at: now,
        read_at: None,
    };
    ports.notifications.put(&notification, &Event::system(EventKind::HealthNoted, now)).await?;
    change(ports, account, EventKind::AccountFailed, now, |account| {
        account.note_reading_failed(&failure.detail, now)
    })
    .await
}

pub(super) async fn note_read(ports: &PollPorts, account: &Account, now: Timestamp) -> StoreResult<()> {
    if !account.clone().note_reading_works(now) {
        return Ok(());
    }
    change(ports, account, EventKind::AccountWorks, now, |account| account.note_reading_works(now)).await
}

async fn change(
    ports: &PollPorts,
    account: &Account,
    kind: EventKind,
    now: Timestamp,
    mut change: impl FnMut(&mut Account) -> bool,
) -> StoreResult<()> {
    retry!(async {
        let Some(mut account) = found(ports.accounts.get(&account.workspace, &account.id).await)? else {
            return Ok(());
        };
        if !change(&mut account) {
            return Ok(());
        }
        ports.accounts.save(&account, &Event::system(kind, now)).await.map(drop)
    })
}

fn ended(detail: &str) -> String {
    if detail.ends_with('.') { detail.to_owned() } else { format!("{detail}.") }
}
