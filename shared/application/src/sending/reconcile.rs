//! Finding out what became of a message whose claim ran out or whose answer was lost. Its row says what was about to go out, and
//! perhaps how it ended; else the provider is asked, where it can be, and at the deadline the workspace's policy decides.

use crate::ports::provider_calls::{CallError, OpenAccount, ProviderRecord, SenderClass, StatusQuery};
use crate::ports::store::{StoreResult, found};
use crate::sending::claim::call_off_void;
use crate::sending::context::SendContext;
use crate::sending::gate::{Entry, Refusal};
use crate::sending::memory::Memory;
use crate::sending::moves::{hold, look_hint};
use crate::sending::outcome::{first_contact, go_on_elsewhere, refused_for_good, write};
use crate::sending::ready::{class_of, may_be_repeated};
use crate::sending::uncertain::{ask, close_questions};
use crate::sending::{
    Afterwards, CLAIM_LASTS, Move, SendPorts, Sent, UNCERTAIN_AFTER, seconds_until, seen, sending_account,
};
use domain::contact::channel::Channel;
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::Event;
use domain::message::identity::internet_id;
use domain::message::send_policy::TRIES;
use domain::message::{Message, MessageState};
use domain::planning::eligibility::step_closed;
use domain::planning::skip_reason::SkipReason;
use domain::workspace::WhenUncertain;
use jiff::{SignedDuration, Timestamp};

/// How long after the first try a provider that can be asked is asked, until the deadline.
const LOOKS: [SignedDuration; 4] = [
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(8),
];

/// A claim ran out, or its answer was lost. The message's row tells how it ended; where it tells nothing, nobody knows.
pub(super) async fn reconcile(
    ports: &SendPorts,
    memory: &mut Memory,
    scene: &SendContext,
    enrolment: Enrolment,
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let Some(id) = enrolment.present_message() else { return Ok(Sent::Done) };
    let message = match found(ports.messages.get(&enrolment.key.workspace, &id).await)? {
        Some(row) if row.state == MessageState::Sending => lost(ports, scene, &enrolment, row, now).await?,
        Some(message) => message,
        // A row is put down before its claim: without one nobody was called.
        None => {
            go_again(enrolment, "send_postponed", number, now, afterwards);
            return Ok(Sent::Done);
        }
    };
    if let Some(at) = message.accepted_at {
        // Who wrote that down may have broken off right then.
        return seen::go_on(ports, scene, enrolment, (&message, at), number, afterwards).await;
    }
    if message.was_refused() {
        let step = enrolment.step.as_ref().and_then(|step| scene.version.step(step));
        let closed =
            step.and_then(|step| step_closed(&scene.file.lead, &step.kind, &scene.suppressions, now));
        if closed == Some(SkipReason::AddressSuppressed) {
            return refused_for_good(ports, scene, enrolment, &message, number, afterwards).await;
        }
        return go_on_elsewhere(ports, scene, enrolment, &message, number, afterwards).await;
    }
    still_uncertain(ports, memory, scene, enrolment, message, number, afterwards).await
}

/// Ended, perhaps while it was being sent: the end stands, what became of the message is still written down, and a person is
/// asked about what nobody else looks for any more.
pub(super) async fn ended_meanwhile(
    ports: &SendPorts,
    scene: &SendContext,
    enrolment: Enrolment,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    if let (Some(expires), Some(id)) = (enrolment.claim_open_until, enrolment.present_message()) {
        let row = scene.file.row_of(&id);
        if expires > now && row.is_none_or(|row| row.state <= MessageState::Abandoned) {
            return Ok(Sent::Later(seconds_until(now, expires), "another attempt is at it".to_owned()));
        }
        if let Some(row) = row.filter(|row| row.state == MessageState::Sending) {
            let message = lost(ports, scene, &enrolment, row.clone(), now).await?;
            match message.accepted_at {
                Some(at) => first_contact(ports, &scene.file.lead, &message, at).await.map(drop)?,
                None => drop(ask(&*ports.messages, &*ports.tasks, &scene.file.lead, &message, now).await?),
            }
        }
    }
    ask_about_left(ports, scene, &enrolment, now).await?;
    call_off_void(ports, scene, &enrolment).await?;
    Ok(Sent::Done)
}

/// Of messages that nobody is sure of: a person is asked about those whose step the enrolment has left, and about the present
/// one where somebody holds it, perhaps for good.
pub(super) async fn ask_about_left(
    ports: &SendPorts,
    scene: &SendContext,
    enrolment: &Enrolment,
    now: Timestamp,
) -> StoreResult<()> {
    let is_held =
        matches!(enrolment.state, EnrolmentState::Held { reason, .. } if reason != HoldReason::Uncertain);
    let waits = |message: &&Message| message.step == enrolment.step && enrolment.is_active() && !is_held;
    for message in scene.uncertain_of(enrolment).filter(|message| !waits(message)) {
        ask_once(ports, scene, message, now).await?;
    }
    Ok(())
}

/// About the present step's, which is not tried again now, and may never be.
pub(super) async fn ask_about_present(
    ports: &SendPorts,
    scene: &SendContext,
    enrolment: &Enrolment,
    now: Timestamp,
) -> StoreResult<()> {
    match scene.present_uncertain(enrolment) {
        Some(message) => ask_once(ports, scene, message, now).await,
        None => Ok(()),
    }
}

async fn ask_once(
    ports: &SendPorts,
    scene: &SendContext,
    message: &Message,
    now: Timestamp,
) -> StoreResult<()> {
    if scene.is_asked_about(message) {
        return Ok(());
    }
    ask(&*ports.messages, &*ports.tasks, &scene.file.lead, message, now).await.map(drop)
}

/// Claimed, and nothing told of it since: nobody knows whether it went out. Whoever has answered it had it.
async fn lost(
    ports: &SendPorts,
    scene: &SendContext,
    enrolment: &Enrolment,
    mut row: Message,
    now: Timestamp,
) -> StoreResult<Message> {
    let expired = match enrolment.state {
        EnrolmentState::Claimed { expires, .. } => Some(expires),
        _ => enrolment.claim_open_until,
    };
    // The call came after the claim, however long before that the row was put down.
    let claimed_at = expired.and_then(|expires| expires.checked_sub(CLAIM_LASTS).ok());
    row.created_at = claimed_at.map_or(row.created_at, |at| at.max(row.created_at));
    row.state = MessageState::Uncertain;
    let answer = scene.file.answer_to(&row.id);
    let is_answered = answer.is_some_and(|answer| row.raise_state(MessageState::Accepted, answer.created_at));
    if is_answered {
        row.frozen = None;
    }
    write(ports, &row, if is_answered { "message_accepted" } else { "message_uncertain" }, now).await?;
    ports.messages.get(&row.workspace, &row.id).await
}

/// Made again under its key, found at the provider, given up at the deadline, or waited for.
async fn still_uncertain(
    ports: &SendPorts,
    memory: &mut Memory,
    scene: &SendContext,
    mut enrolment: Enrolment,
    mut message: Message,
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let account = match &message.account {
        Some(id) => sending_account(ports, &message.workspace, message.channel, Some(id)).await?,
        None => None,
    };
    let class = account.as_ref().map(|account| class_of(ports, account, message.channel));
    let class = class.unwrap_or(SenderClass::PROMISES_NOTHING);
    let given_up = message.state == MessageState::Abandoned;
    if given_up {
        enrolment.attempts = enrolment.attempts.max(message.attempts);
    }
    if given_up || may_be_repeated(class, &scene.file.lead, &message, now) {
        go_again(enrolment, "send_repeated", number, now, afterwards);
        return Ok(Sent::Done);
    }
    note_last_try(ports, &enrolment, &mut message, now).await?;
    let over = now.duration_since(message.last_tried_at()) >= UNCERTAIN_AFTER;
    let account = account.filter(|_| class.status_query);
    let seen = match &account {
        None => None,
        Some(account) => match look_up(ports, memory, &scene.file.messages, account, &message).await? {
            Look::Later { until } if !over => {
                let deadline = message.last_tried_at().checked_add(UNCERTAIN_AFTER).unwrap_or(until);
                hold(enrolment, HoldReason::Uncertain, Some(until.min(deadline)), now, number, afterwards);
                return Ok(Sent::Done);
            }
            Look::Later { .. } => None,
            Look::Seen(seen) => seen,
        },
    };
    if let Some((seen, account)) = seen.zip(account) {
        seen::take_in(ports, (&account, &mut message), seen, now).await?;
        return seen::go_on(ports, scene, enrolment, (&message, now), number, afterwards).await;
    }
    let resend = scene.workspace.when_uncertain == WhenUncertain::Resend && message.attempts < TRIES;
    if over && resend {
        message.try_anew();
        message.state = MessageState::Abandoned;
        write(ports, &message, "message_abandoned", now).await?;
        close_questions(&*ports.tasks, &scene.file.tasks, &message, now).await?;
        enrolment.attempts = message.attempts;
        go_again(enrolment, "send_repeated", number, now, afterwards);
        return Ok(Sent::Done);
    }
    wait_for_evidence(ports, scene, enrolment, &message, class, number, afterwards).await?;
    Ok(Sent::Done)
}

/// A repeat under the key that broke off may have gone out as well: what is heard of it is waited for as long.
async fn note_last_try(
    ports: &SendPorts,
    enrolment: &Enrolment,
    message: &mut Message,
    now: Timestamp,
) -> StoreResult<()> {
    let EnrolmentState::Claimed { expires, .. } = enrolment.state else { return Ok(()) };
    let tried_at = expires.checked_sub(CLAIM_LASTS).unwrap_or(now);
    if tried_at <= message.last_tried_at() {
        return Ok(());
    }
    message.repeated_at = Some(tried_at);
    write(ports, message, "message_uncertain", now).await?;
    *message = ports.messages.get(&message.workspace, &message.id).await?;
    Ok(())
}

fn go_again(
    mut enrolment: Enrolment,
    event: &str,
    number: usize,
    now: Timestamp,
    afterwards: &mut Afterwards,
) {
    enrolment.state = EnrolmentState::Scheduled;
    enrolment.due = Some(now);
    // It was sent in time: whether it still goes out is no question any more.
    enrolment.forgive();
    afterwards.hints.push(look_hint(&enrolment, now));
    afterwards.moves.push((number, Move::of(enrolment, Event::system(event, now))));
}

/// When what nobody knows is looked at next, if at all, and whether a person is asked by now: as soon as the provider
/// cannot be.
pub(super) fn next_look(message: &Message, class: SenderClass, now: Timestamp) -> (Option<Timestamp>, bool) {
    let looks = if class.status_query { &LOOKS[..] } else { &[] };
    let at = |after: &SignedDuration| message.last_tried_at().checked_add(*after).ok();
    let next = looks.iter().chain([&UNCERTAIN_AFTER]).filter_map(at).find(|at| *at > now);
    (next, looks.is_empty() || next != at(&LOOKS[0]))
}

/// Held until the next look, at last until a person answers.
pub(super) async fn wait_for_evidence(
    ports: &SendPorts,
    scene: &SendContext,
    enrolment: Enrolment,
    message: &Message,
    class: SenderClass,
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<()> {
    let now = ports.clock.now();
    let (mut next, a_person_is_asked) = next_look(message, class, now);
    if a_person_is_asked && !ask(&*ports.messages, &*ports.tasks, &scene.file.lead, message, now).await? {
        // It is known already: who looks now goes on.
        next = Some(now);
    }
    hold(enrolment, HoldReason::Uncertain, next, now, number, afterwards);
    Ok(())
}

pub(super) enum Look {
    Seen(Option<ProviderRecord>),
    /// Nobody calls the account now.
    Later {
        until: Timestamp,
    },
}

/// The same words to the same address, of which the provider has given us no id: what it lists may be either.
fn has_twin(message: &Message, all: &[Message]) -> bool {
    let may_be_there = |other: &Message| match other.accepted_at {
        Some(at) => at >= message.created_at,
        None => matches!(other.state, MessageState::Uncertain | MessageState::Abandoned),
    };
    let said =
        |message: &Message| (message.channel, message.direction, message.to.clone(), message.text.clone());
    let others = all.iter().filter(|other| other.id != message.id && other.provider_id.is_none());
    others.filter(|other| may_be_there(other)).any(|other| said(other) == said(message))
}

/// `all`: what this lead was sent. A provider that does not answer is asked again at the next look.
pub(super) async fn look_up(
    ports: &SendPorts,
    memory: &mut Memory,
    all: &[Message],
    account: &OpenAccount,
    message: &Message,
) -> StoreResult<Look> {
    // A mail is found by an id of ours.
    if message.channel != Channel::Email && has_twin(message, all) {
        return Ok(Look::Seen(None));
    }
    let who = message.id.as_str();
    let elsewhere = class_of(ports, account, message.channel).asked_elsewhere;
    let probe = match elsewhere {
        true if memory.may_ask_elsewhere() => None,
        true => {
            let until = ports.clock.now().checked_add(LOOKS[0]).unwrap_or(Timestamp::MAX);
            return Ok(Look::Later { until });
        }
        false => match memory.gates.enter(ports, &account, who).await? {
            Entry::Go { probe } => Some(probe),
            Entry::Wait { until } => return Ok(Look::Later { until }),
        },
    };
    let others = all.iter().filter(|other| other.id != message.id);
    let sought = StatusQuery {
        to: message.to.clone(),
        text: message.text.clone(),
        internet_id: message.internet_id.clone().or_else(|| {
            let mailbox = account.settings.mailbox()?;
            Some(internet_id(&message.id, mailbox.address.domain()))
        }),
        since: message.created_at,
        others: others.filter_map(|other| other.provider_id.clone()).collect(),
    };
    let answer = match message.channel {
        Channel::Email => ports.mail.look_up(account, &sought).await,
        Channel::Sms => ports.sms.look_up(account, &sought).await,
        Channel::Whatsapp => ports.whatsapp.look_up(account, &sought).await,
    };
    match answer {
        Ok(seen) => {
            if let Some(probe) = probe {
                memory.gates.answered(ports, account, probe, who).await;
            }
            Ok(Look::Seen(seen))
        }
        Err(error) => {
            tracing::warn!(message.id = %message.id, %error, "the provider could not be asked about a message");
            let after = if let CallError::RateLimited { after } = &error { *after } else { None };
            match (probe, &error) {
                (None, _) => {}
                (Some(probe), CallError::Rejected(_)) => {
                    memory.gates.answered(ports, account, probe, who).await
                }
                (Some(probe), _) => {
                    let detail = error.to_string();
                    let refusal = Refusal { probe, detail: &detail, after, repeats: false };
                    memory.gates.failed(ports, account, refusal, who).await;
                }
            }
            Ok(Look::Seen(None))
        }
    }
}
