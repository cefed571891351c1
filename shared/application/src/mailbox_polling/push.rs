//! Keeps the provider's notices coming: a poll that could read subscribes to them, and renews the subscription days before
//! its end. Whatever fails here, polls go on as they are.

use crate::mailbox_polling::ports::PollPorts;
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
    // On one machine nobody outside reaches us, and the mailbox is polled alone.
    if !push.sends_notices(&account.settings) || !push.reaches(&ports.public_url) {
        return;
    }
    let Some(step) = reading.push_step(now) else { return };
    match take(ports, account, step).await {
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
    step: PushStep,
) -> Result<PushSubscription, CallError> {
    let until = ports.clock.now().checked_add(WANTED).unwrap_or_default();
    if let PushStep::Renew(id) = step
        && let Some(renewed) = ports.mailbox_push.renew_subscription(account, &id, until).await?
    {
        return Ok(renewed);
    }
    let address = push_address(&ports.public_url, &ports.keys, account);
    ports.mailbox_push.subscribe(account, &address, until).await
}
