//! What a provider's answer to one attempt means, written down: accepted, refused, try again, or nobody knows.

use crate::lead::address_closed::{ClosingPorts, close_channel};
use crate::lead::suppression_lookup::scopes_of;
use crate::ports::provider_calls::{Accepted, OpenAccount, SendError, SenderClass};
use crate::ports::store::{StoreError, StoreResult, unless_taken};
use crate::sending::context::SendContext;
use crate::sending::gate::{DOWN, wait_outside};
use crate::sending::health::{note_error, note_works};
use crate::sending::memory::Memory;
use crate::sending::moves::{end, held, leave_behind, step_hint};
use crate::sending::provider_answer::{Heard, answer_of, hear};
use crate::sending::ready::{class_of, may_be_repeated};
use crate::sending::reconcile::wait_for_evidence;
use crate::sending::uncertain::{close_question, close_questions};
use crate::sending::{Afterwards, Move, SendPorts, Sent, save_claimed};
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::enrolment::deferral::Deferral;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::enrolment::{ClaimToken, Enrolment, EnrolmentState};
use domain::event::{Actor, Event};
use domain::lead::suppression::{Ends, Suppression, SuppressionReason, SuppressionScope};
use domain::lead::{Lead, LeadStatus};
use domain::message::send_policy::{Disposition, SendAnswer, SendKind, SendTry, after_answer};
use domain::message::{Direction, Message, MessageState};
use domain::planning::eligibility::anything_left;
use domain::planning::planner::MAILBOX_WAIT;
use domain::planning::skip_reason::SkipReason;
use domain::sequence::Step;
use jiff::{SignedDuration, Timestamp};

pub(super) struct Attempt<'a> {
    pub scene: &'a SendContext,
    /// Claimed with `token`.
    pub enrolment: Enrolment,
    /// Its row, as it was put down.
    pub message: Message,
    pub account: OpenAccount,
    pub token: ClaimToken,
    /// Whether everybody else waits for what comes of it.
    pub probe: bool,
}

/// Records the answer to an attempt: in its row first, then in its enrolment.
pub(super) async fn record(
    ports: &SendPorts,
    memory: &mut Memory,
    mut attempt: Attempt<'_>,
    result: Result<Accepted, SendError>,
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let error = match result {
        Ok(accepted) => return accept(ports, memory, attempt, accepted, number, afterwards).await,
        Err(error) => error,
    };
    let now = ports.clock.now();
    let (scene, message) = (attempt.scene, &mut attempt.message);
    let class = class_of(ports, &attempt.account, message.channel);
    let has_key = may_be_repeated(class, &scene.file.lead, message, now);
    // Before anything else is told: a function that finds this claim expired would have to guess.
    if answer_of(&error) == SendAnswer::Lost {
        message.state = MessageState::Uncertain;
        write(ports, message, "message_uncertain", now).await?;
    }
    let id = message.id.clone();
    let heard = hear(ports, memory, (&attempt.account, attempt.probe), (id.as_str(), has_key), error).await;
    let sent = SendTry {
        kind: SendKind::Step,
        tries: attempt.enrolment.attempts.saturating_add(1),
        may_have_gone: message.state == MessageState::Uncertain,
        has_key,
        breaker_is_open: heard.closed_until.is_some(),
        may_be_quick: heard.may_be_quick,
        after: heard.after,
    };
    match after_answer(heard.answer, &sent, &id) {
        Disposition::Refused => refuse(ports, attempt, heard, number, afterwards).await,
        Disposition::NotTried => {
            let until = heard.closed_until.unwrap_or(now);
            let mut enrolment = attempt.enrolment;
            if enrolment.defer(Deferral::NotTried, until, now) {
                wait_outside(scene, enrolment, (until, DOWN), None, now, number, afterwards);
            }
            Ok(Sent::Done)
        }
        Disposition::Soon(wait) => soon(ports, attempt, heard, wait).await,
        Disposition::Later(wait) => {
            if heard.answer.is_of_account() {
                note_error(ports, &attempt.account, &heard.failure.detail, now).await?;
            }
            hold_claimed(attempt.enrolment, HoldReason::NotTaken, wait, now, number, afterwards);
            Ok(Sent::Done)
        }
        Disposition::AwaitRepair => {
            hold_claimed(attempt.enrolment, HoldReason::Mailbox, MAILBOX_WAIT, now, number, afterwards);
            note_error(ports, &attempt.account, &heard.failure.detail, now).await?;
            Ok(Sent::Done)
        }
        Disposition::GivenUp { may_have_gone } => {
            if heard.answer.is_of_account() {
                note_error(ports, &attempt.account, &heard.failure.detail, now).await?;
            }
            match may_have_gone {
                true => nobody_knows(ports, attempt, class, number, afterwards).await,
                false => refuse(ports, attempt, heard, number, afterwards).await,
            }
        }
        Disposition::Uncertain => nobody_knows(ports, attempt, class, number, afterwards).await,
    }
}

/// Records that the provider accepted the message, and moves the enrolment to its next step.
async fn accept(
    ports: &SendPorts,
    memory: &mut Memory,
    attempt: Attempt<'_>,
    accepted: Accepted,
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let Attempt { scene, enrolment, mut message, account, probe, .. } = attempt;
    message.state = MessageState::Accepted;
    message.accepted_at = Some(now);
    message.provider_id = accepted.provider_id;
    message.internet_id = accepted.internet_id.or(message.internet_id.take());
    message.frozen = None;
    message.tried_elsewhere = false;
    write(ports, &message, "message_accepted", now).await?;
    close_questions(&*ports.tasks, &scene.file.tasks, &message, now).await?;
    memory.gates.answered(ports, &account, probe, message.id.as_str()).await;
    note_works(ports, &account, now).await;
    let contacted = first_contact(ports, &scene.file.lead, &message, now).await?;
    afterwards.leads.extend(contacted.map(|lead| (number, lead)));
    move_on(scene, enrolment, &message, now, now, number, afterwards);
    Ok(Sent::Done)
}

/// Records that the message has failed, and lets the enrolment go on without its channel or its address.
async fn refuse(
    ports: &SendPorts,
    attempt: Attempt<'_>,
    heard: Heard,
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let Attempt { scene, enrolment, mut message, .. } = attempt;
    let opted_out = heard.failure.class == OPTED_OUT;
    message.refuse(heard.failure);
    write(ports, &message, "message_refused", now).await?;
    if !heard.suppress {
        return go_on_elsewhere(ports, scene, enrolment, &message, number, afterwards).await;
    }
    suppress_address(ports, &message, opted_out, now).await?;
    refused_for_good(ports, scene, enrolment, &message, number, afterwards).await
}

/// Gives the claim back for a try within seconds, by the same queue message.
async fn soon(
    ports: &SendPorts,
    attempt: Attempt<'_>,
    heard: Heard,
    wait: SignedDuration,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let Attempt { mut enrolment, token, .. } = attempt;
    if !enrolment.defer(Deferral::Tried, now.checked_add(wait).unwrap_or(now), now) {
        return Ok(Sent::Done);
    }
    save_claimed(ports, &enrolment, &token, &Event::system("send_postponed", now)).await?;
    let seconds = u32::try_from(wait.as_secs().max(1)).unwrap_or(60);
    Ok(Sent::Later(seconds, heard.failure.detail))
}

/// The claim is ours and will tell nobody else anything: it may be given up before it expires.
async fn nobody_knows(
    ports: &SendPorts,
    attempt: Attempt<'_>,
    class: SenderClass,
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let Attempt { scene, mut enrolment, message, .. } = attempt;
    enrolment.state = EnrolmentState::Scheduled;
    wait_for_evidence(ports, scene, enrolment, &message, class, number, afterwards).await?;
    Ok(Sent::Done)
}

const OPTED_OUT: &str = "opted_out";

/// The address is listed by now: everything ends, or that channel, as the workspace has it.
pub(super) async fn refused_for_good(
    ports: &SendPorts,
    scene: &SendContext,
    enrolment: Enrolment,
    message: &Message,
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    close_if_known(ports, scene, message).await?;
    let opted_out = message.failure.as_ref().is_some_and(|failure| failure.class == OPTED_OUT);
    let reason = if opted_out { EndReason::OptedOut } else { EndReason::Bounced };
    let event = Event::system("address_refused", ports.clock.now()).because(message.id.as_str());
    let whose = (&enrolment.key.workspace, &enrolment.key.lead);
    if scene.workspace.endings.of(message.channel, opted_out) == Ends::Everything {
        ports.enrolments.stop(whose.0, whose.1, reason, &event).await?;
        return Ok(Sent::Done);
    }
    close_channel(&ClosingPorts::from(ports), whose, reason, &event).await?;
    let because = (SkipReason::AddressSuppressed, reason);
    go_on_without(ports, scene, enrolment, because, number, afterwards).await
}

/// What goes again and is refused says nothing of the first.
async fn close_if_known(ports: &SendPorts, scene: &SendContext, message: &Message) -> StoreResult<()> {
    if message.state > MessageState::Abandoned {
        close_questions(&*ports.tasks, &scene.file.tasks, message, ports.clock.now()).await?;
    }
    Ok(())
}

/// The message was refused, or no provider took it in days, and its address may be as good as before: in this campaign
/// nothing more goes out there.
pub(super) async fn go_on_elsewhere(
    ports: &SendPorts,
    scene: &SendContext,
    mut enrolment: Enrolment,
    message: &Message,
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    close_if_known(ports, scene, message).await?;
    enrolment.failed.insert(message.channel);
    let because = (SkipReason::ChannelFailed, EndReason::Failed);
    go_on_without(ports, scene, enrolment, because, number, afterwards).await
}

/// Its channel is closed: on by another, where one is left.
async fn go_on_without(
    ports: &SendPorts,
    scene: &SendContext,
    enrolment: Enrolment,
    (why, reason): (SkipReason, EndReason),
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let Some(step) = enrolment.step.clone() else { return Ok(Sent::Done) };
    let lead = &scene.file.lead;
    let listed = ports.suppressions.find(&lead.workspace, &scopes_of(lead)).await?;
    if anything_left(&scene.version, &step, (&enrolment, lead), &listed, now) {
        let why = why.as_str();
        let event = Event::system("step_skipped", now).because(format!("{step}:{why}"));
        let below = scene.version.after(&step);
        leave_behind(scene, enrolment, (now, below, None), event, number, afterwards);
    } else {
        end(enrolment, reason, now, number, afterwards);
    }
    Ok(Sent::Done)
}

/// The step is done: the next one and its hint, which is written before the enrolment says that it stands there.
pub(super) fn move_on(
    scene: &SendContext,
    mut enrolment: Enrolment,
    message: &Message,
    done_at: Timestamp,
    now: Timestamp,
    number: usize,
    afterwards: &mut Afterwards,
) {
    enrolment.has_got(message);
    let below = enrolment.step.as_ref().and_then(|step| scene.version.after(step));
    enrolment.advance_onto(done_at, below, &scene.version, scene.onward.as_ref());
    scene.settle(&mut enrolment, now);
    afterwards.hints.extend(enrolment.due.map(|at| step_hint(scene, &enrolment, at)));
    let event = Event::system("step_done", now).because(message.id.as_str());
    afterwards.moves.push((number, Move::of(enrolment, event)));
}

/// Of an attempt that has only just begun: its address and words are told by what is ready.
pub(super) fn message_for(
    scene: &SendContext,
    Enrolment { key, attempts, .. }: &Enrolment,
    (step, channel): (&Step, Channel),
    began: Timestamp,
) -> Message {
    let id = MessageId::for_step(&key.lead, &key.campaign, &step.id);
    Message {
        campaign: Some(key.campaign.clone()),
        step: Some(step.id.clone()),
        step_index: scene.version.position(&step.id),
        attempts: attempts.saturating_add(1),
        ..Message::blank(id, key.workspace.clone(), Direction::Out, channel, began)
    }
}

fn hold_claimed(
    mut enrolment: Enrolment,
    reason: HoldReason,
    wait: SignedDuration,
    now: Timestamp,
    number: usize,
    afterwards: &mut Afterwards,
) {
    let until = now.checked_add(wait).unwrap_or(Timestamp::MAX);
    if enrolment.defer(Deferral::Held(reason), until, now) {
        held(enrolment, Some(until), now, number, afterwards);
    }
}

/// What is known already is never lowered: evidence may have come, or an earlier attempt told late.
pub(super) async fn write(
    ports: &SendPorts,
    message: &Message,
    event: &str,
    now: Timestamp,
) -> StoreResult<()> {
    let event = Event::system(event, now);
    match ports.messages.save(message, &event).await {
        Err(StoreError::Conflict) => {}
        other => return other.map(drop),
    }
    let stored = ports.messages.get(&message.workspace, &message.id).await?;
    if stored.state >= MessageState::Accepted && stored.state != MessageState::Cancelled {
        return complete(ports, stored, message, &event).await;
    }
    let tells_nothing = stored.attempt.map(|attempt| attempt.rev)
        > message.attempt.map(|attempt| attempt.rev)
        && message.accepted_at.is_none();
    let as_late = stored.last_tried_at() >= message.last_tried_at();
    let told = stored.state == message.state && stored.failure == message.failure && as_late;
    if tells_nothing || told {
        return Ok(());
    }
    let newer = Message { rev: stored.rev, ..message.clone() };
    ports.messages.save(&newer, &event).await?;
    // Whoever took this attempt for lost, by a clock that is ahead, may have asked a person about it.
    if stored.state == MessageState::Uncertain && message.state != MessageState::Uncertain {
        close_question(&*ports.tasks, &stored, Actor::System, now).await?;
    }
    Ok(())
}

/// Evidence has told that it went out before its sender could: the ids that the provider gave it are the sender's to tell.
async fn complete(
    ports: &SendPorts,
    mut stored: Message,
    message: &Message,
    event: &Event,
) -> StoreResult<()> {
    let known = (stored.provider_id.clone(), stored.internet_id.clone());
    stored.provider_id = stored.provider_id.or_else(|| message.provider_id.clone());
    stored.internet_id = stored.internet_id.or_else(|| message.internet_id.clone());
    stored.frozen = None;
    if message.accepted_at.is_none() || known == (stored.provider_id.clone(), stored.internet_id.clone()) {
        return Ok(());
    }
    unless_taken(ports.messages.save(&stored, event).await.map(drop))
}

/// Answers the lead as it was written, where it was.
pub(super) async fn first_contact(
    ports: &SendPorts,
    lead: &Lead,
    message: &Message,
    now: Timestamp,
) -> StoreResult<Option<Lead>> {
    // Who was contacted before need not be looked at again.
    if lead.status != LeadStatus::New {
        return Ok(None);
    }
    crate::lead::change::first_contact(&*ports.leads, lead, message, now).await
}

pub(super) async fn suppress_address(
    ports: &SendPorts,
    message: &Message,
    opted_out: bool,
    now: Timestamp,
) -> StoreResult<()> {
    let Some(scope) = SuppressionScope::of_recipient(message.channel, &message.to) else { return Ok(()) };
    let reason = if opted_out { SuppressionReason::OptedOut } else { SuppressionReason::HardBounce };
    let entry = Suppression {
        workspace: message.workspace.clone(),
        scope,
        reason,
        source: Some(message.id.to_string()),
        created_by: None,
        created_at: now,
        expires_at: None,
    };
    ports.suppressions.put(&entry, &Event::system("address_suppressed", now)).await
}
