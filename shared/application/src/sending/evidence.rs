//! Evidence of what became of an uncertain message: its provider is asked where it can be, a user is asked as soon as the
//! provider cannot be, and the message waits for either.

use crate::ports::provider_calls::{CallError, OpenAccount, ProviderRecord, SenderClass, StatusQuery};
use crate::ports::store::StoreResult;
use crate::sending::account::with_access;
use crate::sending::admission::breaker::Refusal;
use crate::sending::context::SendContext;
use crate::sending::ready::class_of;
use crate::sending::run::SendRun;
use crate::sending::sent::UNCERTAIN_AFTER;
use crate::sending::transitions::hold;
use crate::sending::uncertain::ask_user;
use domain::capacity::admission::{Admission, DelayReason};
use domain::contact::channel::Channel;
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::message::identity::internet_id;
use domain::message::{Message, MessageState};
use jiff::{SignedDuration, Timestamp};

/// The times after the first try at which a provider is asked, until the deadline.
const LOOKS: [SignedDuration; 4] = [
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(8),
];

/// Tells when an uncertain message is looked at next, if at all, and whether a user is asked by now.
pub(super) fn next_look(message: &Message, class: SenderClass, now: Timestamp) -> (Option<Timestamp>, bool) {
    let looks = if class.status_query { &LOOKS[..] } else { &[] };
    let at = |after: &SignedDuration| message.last_tried_at().checked_add(*after).ok();
    let next = looks.iter().chain([&UNCERTAIN_AFTER]).filter_map(at).find(|at| *at > now);
    (next, looks.is_empty() || next != at(&LOOKS[0]))
}

/// Whether the message's deadline is over.
pub(super) fn is_overdue(message: &Message, now: Timestamp) -> bool {
    now.duration_since(message.last_tried_at()) >= UNCERTAIN_AFTER
}

/// The time of a look that cannot be made now: at the latest the deadline.
pub(super) fn look_by(message: &Message, until: Timestamp) -> Timestamp {
    message.last_tried_at().checked_add(UNCERTAIN_AFTER).map_or(until, |deadline| until.min(deadline))
}

/// Holds the enrolment until the next look, in the end until a user answers.
pub(super) async fn wait_for_evidence(
    run: &mut SendRun<'_>,
    context: &SendContext,
    enrolment: Enrolment,
    message: &Message,
    class: SenderClass,
) -> StoreResult<()> {
    let (ports, now) = (run.ports, run.now());
    let (mut next, a_user_is_asked) = next_look(message, class, now);
    if a_user_is_asked && !ask_user(&*ports.messages, &*ports.tasks, &context.file.lead, message, now).await?
    {
        // It is known already what became of it: the look comes at once.
        next = Some(now);
    }
    hold(run, enrolment, HoldReason::Uncertain, next);
    Ok(())
}

/// Asks a user about each uncertain message whose step the enrolment has left, and about the present one if the enrolment is
/// held for another reason, perhaps for good.
pub(super) async fn ask_about_left(
    run: &SendRun<'_>,
    context: &SendContext,
    enrolment: &Enrolment,
) -> StoreResult<()> {
    let is_held =
        matches!(*enrolment.state(), EnrolmentState::Held { reason, .. } if reason != HoldReason::Uncertain);
    let waits = |message: &&Message| message.step == *enrolment.step() && enrolment.is_active() && !is_held;
    for message in context.uncertain_of(enrolment).filter(|message| !waits(message)) {
        ask_once(run, context, message).await?;
    }
    Ok(())
}

/// Asks a user about the present step's message, if it is uncertain: it is not tried again now, and may never be.
pub(super) async fn ask_about_present(
    run: &SendRun<'_>,
    context: &SendContext,
    enrolment: &Enrolment,
) -> StoreResult<()> {
    match context.present_uncertain(enrolment) {
        Some(message) => ask_once(run, context, message).await,
        None => Ok(()),
    }
}

async fn ask_once(run: &SendRun<'_>, context: &SendContext, message: &Message) -> StoreResult<()> {
    if context.is_asked_about(message) {
        return Ok(());
    }
    let ports = run.ports;
    ask_user(&*ports.messages, &*ports.tasks, &context.file.lead, message, run.now()).await.map(drop)
}

/// Asks the provider about a message. `all`: what its lead was sent. A provider that does not answer is asked again at the
/// next look.
pub(super) async fn ask_provider(
    run: &mut SendRun<'_>,
    all: &[Message],
    account: &OpenAccount,
    message: &Message,
) -> StoreResult<Admission<Option<ProviderRecord>>> {
    // A mail is found by an id of ours, a text only by its words.
    if message.channel != Channel::Email && has_twin(message, all) {
        return Ok(Admission::Granted(None));
    }
    let account = &match with_access(run.ports, account.clone()).await? {
        Ok(account) => account,
        Err(at) => return Ok(Admission::NotBefore { at, why: DelayReason::ProviderDown }),
    };
    let probe = match class_of(run.ports, account, message.channel).asked_elsewhere {
        true if run.cache.may_ask_elsewhere() => None,
        true => {
            let at = run.now().checked_add(LOOKS[0]).unwrap_or(Timestamp::MAX);
            return Ok(Admission::NotBefore { at, why: DelayReason::ProviderDown });
        }
        false => {
            let entered = run.breakers.take_call(run.ports, account, message.id.as_str());
            match entered.await? {
                Admission::Granted(probe) => Some(probe),
                Admission::NotBefore { at, why } => return Ok(Admission::NotBefore { at, why }),
            }
        }
    };
    let sought = query(all, account, message);
    let answer = match message.channel {
        Channel::Email => run.ports.mail.look_up(account, &sought).await,
        Channel::Sms => run.ports.sms.look_up(account, &sought).await,
        Channel::Whatsapp => run.ports.whatsapp.look_up(account, &sought).await,
    };
    if let Some(probe) = probe {
        tell_breaker(run, account, message, probe, answer.as_ref().err()).await;
    }
    Ok(Admission::Granted(answer.unwrap_or_else(|error| {
        tracing::warn!(message.id = %message.id, %error, "the provider could not be asked about a message");
        None
    })))
}

/// Whether the lead was sent the same words at the same address, and the provider gave no id for them: what it lists may be
/// either.
fn has_twin(message: &Message, all: &[Message]) -> bool {
    let may_be_there = |other: &Message| match other.accepted_at {
        Some(at) => at >= message.created_at,
        None => matches!(other.state, MessageState::Uncertain | MessageState::Abandoned),
    };
    let words =
        |message: &Message| (message.channel, message.direction, message.to.clone(), message.text.clone());
    let others = all.iter().filter(|other| other.id != message.id && other.provider_id.is_none());
    others.filter(|other| may_be_there(other)).any(|other| words(other) == words(message))
}

fn query(all: &[Message], account: &OpenAccount, message: &Message) -> StatusQuery {
    let others = all.iter().filter(|other| other.id != message.id);
    StatusQuery {
        to: message.to.clone(),
        text: message.text.clone(),
        internet_id: message.internet_id.clone().or_else(|| {
            let mailbox = account.settings.mailbox()?;
            Some(internet_id(&message.id, mailbox.address.domain()))
        }),
        since: message.created_at,
        others: others.filter_map(|other| other.provider_id.clone()).collect(),
    }
}

/// Tells the account's breaker how the provider answered a question that took one of its calls.
async fn tell_breaker(
    run: &mut SendRun<'_>,
    account: &OpenAccount,
    message: &Message,
    probe: bool,
    error: Option<&CallError>,
) {
    let (ports, breakers, who) = (run.ports, &mut *run.breakers, message.id.as_str());
    match error {
        None | Some(CallError::Rejected(_)) => breakers.answered(ports, account, probe, who).await,
        Some(error) => {
            let after = if let CallError::RateLimited { after } = error { *after } else { None };
            let refusal = Refusal { probe, detail: &error.to_string(), after, repeats: false };
            breakers.failed(ports, account, refusal, who).await;
        }
    }
}
