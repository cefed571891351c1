//! Reconciling a one-off or bulk message of which nobody knows whether it went out: it is repeated under its key, found at the
//! provider, or left to the workspace's policy at its deadline.

use crate::inbox::author_notice::{AuthorNotice, notify_and_reopen};
use crate::ports::provider_calls::{OpenAccount, ProviderRecord};
use crate::ports::store::StoreResult;
use crate::sending::account::account_of;
use crate::sending::evidence::{ask_provider, is_overdue, look_by};
use crate::sending::one_off::attempt::attempt;
use crate::sending::one_off::context::{OneOff, put_next_look};
use crate::sending::one_off::record::{note_sent, wait_for_evidence};
use crate::sending::ports::SendPorts;
use crate::sending::provider_match::{delivery_failure, record_match, stop_opted_out};
use crate::sending::ready::may_be_repeated;
use crate::sending::run::SendRun;
use crate::sending::sent::Sent;
use crate::sending::uncertain::close_questions;
use domain::capacity::admission::Admission;
use domain::event::{Event, EventKind};
use domain::message::MessageState;
use domain::message::send_policy::TRIES;
use domain::workspace::WhenUncertain;

pub(crate) async fn reconcile(run: &mut SendRun<'_>, one_off: OneOff) -> StoreResult<Sent> {
    let (ports, now) = (run.ports, run.now());
    let message = &one_off.message;
    let (account, class) = account_of(ports, message).await?;
    let is_over = is_overdue(message, now);
    let keyed = may_be_repeated(class, &one_off.recipient_lead(), message, now);
    if let Some(account) = account.as_ref().filter(|_| class.status_query) {
        match ask_provider(run, &one_off.file.messages, account, message).await? {
            Admission::NotBefore { at, .. } if !is_over => {
                return put_next_look(ports, message, look_by(message, at)).await;
            }
            Admission::NotBefore { .. } | Admission::Granted(None) => {}
            Admission::Granted(Some(there)) => {
                return record_known_to_provider(ports, one_off, account, there).await;
            }
        }
    }
    let policy = one_off.workspace.when_uncertain;
    let resend = policy == WhenUncertain::Resend && message.attempts < TRIES;
    if (keyed || (is_over && resend))
        && let Some(account) = account
        && !one_off.sending_is_stopped()
        && !one_off.is_repeated()
        && !one_off.is_cancelled(run).await?
        && one_off.barred(ports, now).await?.is_none()
    {
        return match keyed {
            true => attempt(run, one_off, account, None).await,
            false => give_up_and_requeue(ports, one_off).await,
        };
    }
    wait_for_evidence(ports, &one_off, class).await
}

/// Records a message that its provider knows.
async fn record_known_to_provider(
    ports: &SendPorts,
    mut one_off: OneOff,
    account: &OpenAccount,
    there: ProviderRecord,
) -> StoreResult<Sent> {
    let (message, file, now) = (&mut one_off.message, &one_off.file, ports.clock.now());
    record_match(ports, account, message, there).await?;
    close_questions(&*ports.tasks, &file.tasks, message, now).await?;
    note_sent(ports, &file.lead, message, now).await?;
    if delivery_failure(message).is_some() {
        let stores = (&*ports.notifications, &*ports.conversations, &*ports.leads);
        notify_and_reopen(stores, message, AuthorNotice::CameBack, now).await?;
    }
    stop_opted_out(ports, &one_off.workspace, message).await?;
    Ok(Sent::Done)
}

/// Gives the attempt up and queues the message as if it had never been tried, except that it can no longer be recalled.
async fn give_up_and_requeue(ports: &SendPorts, mut one_off: OneOff) -> StoreResult<Sent> {
    let (message, now) = (&mut one_off.message, ports.clock.now());
    close_questions(&*ports.tasks, &one_off.file.tasks, message, now).await?;
    let found_again = put_next_look(ports, message, now).await?;
    message.reset_for_retry();
    (message.state, message.planned_for) = (MessageState::Queued, None);
    ports.messages.save(message, &Event::system(EventKind::MessageAbandoned, now)).await?;
    Ok(found_again)
}
