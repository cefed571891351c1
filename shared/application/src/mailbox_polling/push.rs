//! Keeps the provider's notices coming: a poll that could read subscribes to them, and renews the subscription days before
//! its end. Whatever fails here, polls go on as they are.

use crate::mailbox_polling::ports::PollPorts;
use crate::ports::mailbox_push::PushAddress;
use crate::ports::provider_calls::{CallError, OpenAccount};
use crate::workspace::mailbox_push::push_address;
use domain::workspace::mailbox_push::{PushStep, PushSubscription};
use domain::workspace::mailbox_reading::MailboxReading;
use jiff::SignedDuration;

/// The life of a subscription that is asked for; the provider may allow less.
const WANTED: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The wait after a refusal.
const ASKED_AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// Subscribes to notices or renews the subscription where it is time, and notes in the reading what came of it.
pub(super) async fn keep_subscribed(ports: &PollPorts, account: &OpenAccount, reading: &mut MailboxReading) {
    let now = ports.clock.now();
    let push = &*ports.mailbox_push;
    // On one machine no provider outside reaches us, and the mailbox is polled alone.
    let settings = &account.settings;
    if !push.sends_notices(settings) || !push.reaches(settings, &ports.public_url) {
        return;
    }
    let address = push_address(&ports.public_url, &ports.keys, account);
    let Some(step) = reading.push_step(&address.url, now) else { return };
    match take(ports, account, &address, step).await {
        Ok(made) => (reading.push, reading.push_retry_at) = (Some(made), None),
        Err(error) => {
            tracing::warn!(account.id = %account.id, %error, "no notices of a mailbox: it is polled alone");
            let asked = if let CallError::RateLimited { after } = error { after } else { None };
            reading.push_retry_at = now.checked_add(asked.unwrap_or(ASKED_AGAIN).max(ASKED_AGAIN)).ok();
        }
    }
}

/// Returns the subscription as it is now.
async fn take(
    ports: &PollPorts,
    account: &OpenAccount,
    address: &PushAddress,
    step: PushStep,
) -> Result<PushSubscription, CallError> {
    let push = &*ports.mailbox_push;
    let until = ports.clock.now().checked_add(WANTED).unwrap_or_default();
    match step {
        PushStep::Subscribe => push.subscribe(account, address, until).await,
        PushStep::Renew(id) => match push.renew_subscription(account, &id, until).await? {
            Some(expires_at) => Ok(PushSubscription { id, expires_at, url: address.url.clone() }),
            None => push.subscribe(account, address, until).await,
        },
        PushStep::Replace(former) => {
            let made = push.subscribe(account, address, until).await?;
            // One that stays ends by itself within days.
            if let Err(error) = push.unsubscribe(account, &former).await {
                tracing::warn!(account.id = %account.id, %error, "notices to a former address are not ended");
            }
            Ok(made)
        }
    }
}
