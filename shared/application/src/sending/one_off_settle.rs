//! A message outside every sequence of which nobody knows whether it went out: made again under its key, found at the
//! provider, at its deadline left to the workspace's policy.

use crate::inbox::author_notice::{AuthorNotice, not_said};
use crate::ports::provider_calls::SenderClass;
use crate::ports::store::StoreResult;
use crate::sending::memory::Memory;
use crate::sending::one_off::{OneOff, attempt, look_again};
use crate::sending::one_off_outcome::arrived;
use crate::sending::ready::{class_of, may_be_repeated};
use crate::sending::reconcile::{Look, look_up, next_look};
use crate::sending::seen::{ends_everything, take_in, why_not_arrived};
use crate::sending::uncertain::{ask, close_questions};
use crate::sending::{SendPorts, Sent, UNCERTAIN_AFTER, sending_account};
use domain::event::Event;
use domain::message::MessageState;
use domain::message::send_policy::TRIES;
use domain::workspace::WhenUncertain;

pub(super) async fn settle(ports: &SendPorts, memory: &mut Memory, mut one_off: OneOff) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let message = &mut one_off.message;
    let account = match &message.account {
        Some(id) => sending_account(ports, &message.workspace, message.channel, Some(id)).await?,
        None => None,
    };
    let class = account.as_ref().map(|account| class_of(ports, account, message.channel));
    let class = class.unwrap_or(SenderClass::PROMISES_NOTHING);
    let over = now.duration_since(message.last_tried_at()) >= UNCERTAIN_AFTER;
    let keyed = may_be_repeated(class, &one_off.file.lead, message, now);
    if let Some(account) = account.as_ref().filter(|_| class.status_query) {
        match look_up(ports, memory, &one_off.file.messages, account, message).await? {
            Look::Later { until } if !over => {
                let deadline = message.last_tried_at().checked_add(UNCERTAIN_AFTER).unwrap_or(until);
                return look_again(ports, message, until.min(deadline)).await;
            }
            Look::Later { .. } | Look::Seen(None) => {}
            Look::Seen(Some(seen)) => {
                take_in(ports, (&account, message), seen, now).await?;
                close_questions(&*ports.tasks, &one_off.file.tasks, message, now).await?;
                arrived(ports, &one_off.file.lead, message, now).await?;
                if why_not_arrived(message).is_some() {
                    let told = (&*ports.notifications, &*ports.conversations, &*ports.leads);
                    not_said(told, message, AuthorNotice::CameBack, now).await?;
                }
                ends_everything(ports, &one_off.workspace, message).await?;
                return Ok(Sent::Done);
            }
        }
    }
    let resend =
        one_off.workspace.when_uncertain == WhenUncertain::Resend && one_off.message.attempts < TRIES;
    let goes_again = keyed || (over && resend);
    if goes_again
        && let Some(account) = account
        && !one_off.sending_is_stopped()
        && !one_off.is_called_off(ports, memory).await?
        && one_off.barred(ports, now).await?.is_none()
    {
        if keyed {
            return attempt(ports, memory, one_off, (account, None)).await;
        }
        let message = &mut one_off.message;
        close_questions(&*ports.tasks, &one_off.file.tasks, message, now).await?;
        let found_again = look_again(ports, message, now).await?;
        // As if it had never been tried, with all that is asked then, but that nobody may call it back any more.
        message.try_anew();
        (message.state, message.planned_for) = (MessageState::Queued, None);
        let event = Event::system("message_abandoned", now);
        message.rev = ports.messages.save(message, &event).await?;
        return Ok(found_again);
    }
    wait_for_evidence(ports, &one_off, class).await
}

/// Until the next look, at last until a person answers.
pub(super) async fn wait_for_evidence(
    ports: &SendPorts,
    OneOff { file, message, .. }: &OneOff,
    class: SenderClass,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let (next, a_person_is_asked) = next_look(message, class, now);
    if a_person_is_asked {
        ask(&*ports.messages, &*ports.tasks, &file.lead, message, now).await?;
    }
    match next {
        Some(at) => look_again(ports, message, at).await,
        None => Ok(Sent::Done),
    }
}
