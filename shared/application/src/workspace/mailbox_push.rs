//! Notices of a mailbox's provider: the address and the secret that they come with, and what follows when one comes.
//!
//! **The secret** of a mailbox is derived from the installation's key, so it is stored nowhere. While the master key is
//! changed, notices with the former secret are believed, too.
//!
//! **A burst of notices makes one poll.** Only the first one since the mailbox was last read puts a queue message, and only the
//! first one while it is being read puts another, which comes after that poll.

use crate::identity::stage_keys::StageKeys;
use crate::ports::clock::Clock;
use crate::ports::mailbox_push::{MailboxPush, PushAddress, PushNotice};
use crate::ports::mailbox_readings::MailboxReadingStore;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::provider_calls::OpenAccount;
use crate::ports::provider_events::{Forged, WebhookRequest};
use crate::ports::rate_limits::RateLimitStore;
use crate::ports::store::StoreResult;
use crate::queue_messages::PollMailbox;
use crate::workspace::account_grant::{Access, GrantPorts, with_access};
use domain::AccountId;
use domain::workspace::account::Account;
use domain::workspace::mailbox_push::{Noticed, PushNews};
use domain::workspace::mailbox_reading::MailboxReading;
use jiff::SignedDuration;

/// How long it is remembered that a mailbox was asked for. It is read long before.
const ASKED_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Returns the address that notices of a mailbox go to, with its secret.
pub fn push_address(public_url: &str, keys: &StageKeys, account: &Account) -> PushAddress {
    PushAddress {
        url: format!("{public_url}/api/webhooks/{}/{}/mailbox", account.settings.provider(), account.id),
        client_state: client_state(keys, &account.id),
    }
}

fn client_state(keys: &StageKeys, account: &AccountId) -> String {
    keys.sign_link(&["mailbox notices", account.as_str()])
}

/// Reads the notices in a request, if all of them carry the mailbox's secret.
pub fn believed_notices(
    push: &dyn MailboxPush,
    keys: &StageKeys,
    account: &Account,
    request: &WebhookRequest,
) -> Result<Vec<PushNotice>, Forged> {
    let provider = account.settings.provider();
    let mut refused = Forged::Missing;
    for keys in keys.all() {
        match push.notices(provider, request, &client_state(keys, &account.id)) {
            Ok(notices) => return Ok(notices),
            Err(why) => refused = why,
        }
    }
    Err(refused)
}

pub struct NoticePorts<'a> {
    pub clock: &'a dyn Clock,
    pub mailbox_readings: &'a dyn MailboxReadingStore,
    pub limits: &'a dyn RateLimitStore,
    pub outbox: &'a dyn Outbox,
}

/// Has the mailbox read at once. A message that is lost all the same costs minutes: the next poll comes anyway.
pub async fn note_notices(
    ports: &NoticePorts<'_>,
    account: &Account,
    notices: &[PushNotice],
) -> StoreResult<()> {
    let (workspace, id) = (&account.workspace, &account.id);
    // One that was never read is about to be.
    let Some(reading) = ports.mailbox_readings.get(workspace, id).await? else { return Ok(()) };
    let Some(news) = most_urgent(&reading, notices) else { return Ok(()) };
    let now = ports.clock.now();
    let read_at = reading.complete_at.map(|at| at.to_string()).unwrap_or_default();
    let leased_until = reading.leased_until.map(|at| at.to_string()).unwrap_or_default();
    let key = format!("mailbox notice {workspace} {id} {news:?} {read_at} {leased_until}");
    if !ports.limits.first_time(&key, now, ASKED_FOR).await? {
        return Ok(());
    }
    let message = PollMailbox {
        workspace: workspace.clone(),
        account: id.clone(),
        noticed: Some(Noticed { at: now, news }),
    };
    send_all(ports.outbox, &[message], 0).await
}

/// Returns the news that asks for most. What is said about an earlier subscription than the present one is no news.
fn most_urgent(reading: &MailboxReading, notices: &[PushNotice]) -> Option<PushNews> {
    let is_present =
        |notice: &&PushNotice| reading.push.as_ref().is_none_or(|push| push.id == notice.subscription);
    let of = |notice: &PushNotice| if is_present(&notice) { notice.news } else { PushNews::Read };
    notices.iter().map(of).max()
}

/// Ends the notices of a mailbox that is about to be deleted. Where that fails the subscription ends by itself within days.
pub async fn end_notices(
    ports: &GrantPorts<'_>,
    (push, readings): (&dyn MailboxPush, &dyn MailboxReadingStore),
    account: &Account,
) {
    if let Err(why) = unsubscribe(ports, (push, readings), account).await {
        tracing::warn!(account.id = %account.id, why, "the notices of a mailbox are not ended");
    }
}

async fn unsubscribe(
    ports: &GrantPorts<'_>,
    (push, readings): (&dyn MailboxPush, &dyn MailboxReadingStore),
    account: &Account,
) -> Result<(), String> {
    if !push.sends_notices(&account.settings) {
        return Ok(());
    }
    let reading = readings.get(&account.workspace, &account.id).await.map_err(|error| error.in_full())?;
    let Some(subscription) = reading.and_then(|reading| reading.push) else { return Ok(()) };
    let secret = ports.vault.open(&account.workspace, &account.id, &account.sealed_secret);
    let secret = secret.map_err(|error| error.to_string())?;
    let open = OpenAccount { account: account.clone(), secret };
    match with_access(ports, open).await.map_err(|error| error.in_full())? {
        Access::Ready(open) => {
            push.unsubscribe(&open, &subscription.id).await.map_err(|error| error.to_string())
        }
        Access::Wait { .. } | Access::Lost { .. } | Access::Gone => Err("there is no access".to_owned()),
    }
}
