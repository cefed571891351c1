//! What a provider's answer to one attempt means, written down: accepted, refused, try again, or nobody knows.

use crate::lead::address_closed::{ClosingPorts, close_channel};
use crate::lead::suppression_lookup::scopes_of;
use crate::ports::provider_calls::{Accepted, OpenAccount, SendError};
use crate::ports::store::{StoreError, StoreResult, unless_taken};
use crate::sending::context::SendContext;
use crate::sending::gate::{DOWN, Fate, Refusal, wait_outside};
use crate::sending::health::{note_error, note_works};
use crate::sending::memory::Memory;
use crate::sending::moves::{end, hold, leave_behind, step_hint};
use crate::sending::ready::{class_of, may_be_repeated};
use crate::sending::reconcile::wait_for_evidence;
use crate::sending::uncertain::{close_question, close_questions};
use crate::sending::{Afterwards, BLOCKED_WAITS, LONG_WAITS, Move, SendPorts, Sent, TRIES, save_claimed};
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::enrolment::{ClaimToken, Enrolment, EnrolmentState};
use domain::event::{Actor, Event};
use domain::lead::suppression::{Ends, Suppression, SuppressionReason, SuppressionScope};
use domain::lead::{Lead, LeadStatus};
use domain::message::retry;
use domain::message::{Direction, Failure, Message, MessageState};
use domain::planning::eligibility::anything_left;
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

pub(super) async fn record(
    ports: &SendPorts,
    memory: &mut Memory,
    attempt: Attempt<'_>,
    result: Result<Accepted, SendError>,
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let Attempt { scene, mut enrolment, mut message, account, token, probe } = attempt;
    let who = message.id.to_string();
    if matches!(
        result,
        Err(SendError::Rejected { .. } | SendError::Retryable { .. } | SendError::TooFast { .. })
    ) {
        memory.gates.answered(ports, &account, probe, &who).await;
        note_works(ports, &account, now).await;
    }
    let refusal = |detail, after, repeats| Refusal { probe, detail, after, repeats };
    match result {
        Ok(accepted) => {
            message.state = MessageState::Accepted;
            message.accepted_at = Some(now);
            message.provider_id = accepted.provider_id;
            message.internet_id = accepted.internet_id.or(message.internet_id.take());
            message.frozen = None;
            message.tried_elsewhere = false;
            write(ports, &message, "message_accepted", now).await?;
            close_questions(&*ports.tasks, &scene.file.tasks, &message, now).await?;
            memory.gates.answered(ports, &account, probe, &who).await;
            note_works(ports, &account, now).await;
            let contacted = first_contact(ports, &scene.file.lead, &message, now).await?;
            afterwards.leads.extend(contacted.map(|lead| (number, lead)));
            move_on(scene, enrolment, &message, now, now, number, afterwards);
            Ok(Sent::Done)
        }
        Err(SendError::Retryable { detail, after }) => {
            let quick = memory.gates.may_repeat(ports, &account).await;
            let attempt = Attempt { scene, enrolment, message, account, token, probe };
            let setback = Setback { quick, of_account: false, ..Setback::not_taken(detail, after) };
            postpone(ports, attempt, setback, number, afterwards).await
        }
        Err(SendError::TooFast { detail, after }) => {
            let until = memory.gates.too_fast(&account, after, &who, now);
            let attempt = Attempt { scene, enrolment, message, account, token, probe };
            let setback = Setback::not_taken(detail, None);
            not_taken(ports, attempt, Fate::Wait { until }, setback, number, afterwards).await
        }
        Err(SendError::Down { detail, after }) => {
            memory.forget_senders();
            let fate = memory.gates.failed(ports, &account, refusal(&detail, after, true), &who).await;
            let attempt = Attempt { scene, enrolment, message, account, token, probe };
            not_taken(ports, attempt, fate, Setback::not_taken(detail, after), number, afterwards).await
        }
        Err(SendError::Blocked { class, code, detail }) => {
            memory.forget_senders();
            let refusal = refusal(&detail, Some(BLOCKED_WAITS[0]), false);
            let fate = memory.gates.failed(ports, &account, refusal, &who).await;
            let attempt = Attempt { scene, enrolment, message, account, token, probe };
            let setback = Setback::blocked(failure(&class, code, detail));
            not_taken(ports, attempt, fate, setback, number, afterwards).await
        }
        Err(SendError::Account { detail }) => {
            memory.forget_senders();
            memory.gates.failed(ports, &account, refusal(&detail, None, false), &who).await;
            let until = now.checked_add(LONG_WAITS[1]).ok();
            hold_claimed(enrolment, &token, HoldReason::Mailbox, until, now, number, afterwards);
            note_error(ports, &account, &detail, now).await?;
            Ok(Sent::Done)
        }
        Err(SendError::Rejected { class, code, detail, suppress }) => {
            let opted_out = class == OPTED_OUT;
            message.refuse(failure(&class, code, detail));
            write(ports, &message, "message_refused", now).await?;
            if !suppress {
                return go_on_elsewhere(ports, scene, enrolment, &message, number, afterwards).await;
            }
            suppress_address(ports, &message, opted_out, now).await?;
            refused_for_good(ports, scene, enrolment, &message, number, afterwards).await
        }
        Err(SendError::Uncertain(source)) => {
            tracing::warn!(message.id = %message.id, error = %source, "the outcome of a send is unknown");
            message.state = MessageState::Uncertain;
            let class = class_of(ports, &account, message.channel);
            let repeatable = may_be_repeated(class, &scene.file.lead, &message, now);
            write(ports, &message, "message_uncertain", now).await?;
            let detail = "the answer was lost".to_owned();
            memory.forget_senders();
            let fate = memory.gates.failed(ports, &account, refusal(&detail, None, repeatable), &who).await;
            if repeatable {
                let attempt = Attempt { scene, enrolment, message, account, token, probe };
                let setback = Setback::not_taken(detail, None);
                return not_taken(ports, attempt, fate, setback, number, afterwards).await;
            }
            // The claim is ours and will tell nobody else anything: it may be given up before it expires.
            enrolment.state = EnrolmentState::Scheduled;
            wait_for_evidence(ports, scene, enrolment, &message, class, number, afterwards).await?;
            Ok(Sent::Done)
        }
    }
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

/// Where nobody is called any more the message waits with the others; else it is tried again alone.
async fn not_taken(
    ports: &SendPorts,
    attempt: Attempt<'_>,
    fate: Fate,
    setback: Setback,
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let until = match fate {
        Fate::Wait { until } => until,
        Fate::Alone { quick } => {
            return postpone(ports, attempt, Setback { quick, ..setback }, number, afterwards).await;
        }
    };
    let now = ports.clock.now();
    let Attempt { scene, mut enrolment, token, .. } = attempt;
    if enrolment.put_back(&token, until).is_ok() {
        wait_outside(scene, enrolment, (until, DOWN), None, now, number, afterwards);
    }
    Ok(Sent::Done)
}

/// Why a message was not taken this time.
pub(super) struct Setback {
    /// What it is refused for in the end.
    pub failure: Failure,
    /// What the provider asks for.
    pub after: Option<SignedDuration>,
    /// Whether it is tried again within seconds.
    pub quick: bool,
    /// Other messages would not have been taken either.
    pub of_account: bool,
    /// The waits from its first try on; else those that follow quick ones.
    pub waits: Option<&'static [SignedDuration]>,
}

impl Setback {
    pub fn not_taken(detail: String, after: Option<SignedDuration>) -> Self {
        let failure = failure("provider_down", None, detail);
        Self { failure, after, quick: false, of_account: true, waits: None }
    }

    /// Where it is the recipient's server alone it is tried a few times; where it is every one's, the account is left alone
    /// meanwhile and no try counts.
    pub fn blocked(failure: Failure) -> Self {
        Self { failure, after: None, quick: false, of_account: true, waits: Some(&BLOCKED_WAITS) }
    }

    /// Before the try that follows these; `None`: it is given up.
    pub fn wait_after(&self, tries: u8) -> Option<SignedDuration> {
        let wait = match self.waits {
            Some(waits) => waits.get(usize::from(tries.saturating_sub(1))),
            None => LONG_WAITS.get(usize::from(tries.saturating_sub(TRIES))),
        };
        wait.map(|wait| self.after.map_or(*wait, |after| after.max(*wait)))
    }
}

/// Tried again soon, then at long intervals; in the end given up.
async fn postpone(
    ports: &SendPorts,
    attempt: Attempt<'_>,
    setback: Setback,
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let Attempt { scene, mut enrolment, mut message, account, token, .. } = attempt;
    let tries = enrolment.attempts.saturating_add(1);
    let Setback { after, quick, of_account, .. } = setback;
    let wait = after.unwrap_or(SignedDuration::from_secs(1 << tries.min(10)));
    if quick && tries < TRIES && wait.as_secs() <= 60 {
        let wait = after.unwrap_or_else(|| retry::within(wait, &message.id, tries));
        let at = now.checked_add(wait).unwrap_or(now);
        if enrolment.release(&token, at).is_err() {
            return Ok(Sent::Done);
        }
        let event = Event::system("send_postponed", now);
        save_claimed(ports, &enrolment, &token, &event).await?;
        let seconds = u32::try_from(wait.as_secs().max(1)).unwrap_or(60);
        return Ok(Sent::Later(seconds, setback.failure.detail));
    }
    // A mailbox that is full or lists us grey says nothing of the account.
    if of_account {
        note_error(ports, &account, &setback.failure.detail, now).await?;
    }
    let Some(wait) = setback.wait_after(tries) else {
        if message.state == MessageState::Uncertain {
            let class = class_of(ports, &account, message.channel);
            enrolment.state = EnrolmentState::Scheduled;
            wait_for_evidence(ports, scene, enrolment, &message, class, number, afterwards).await?;
            return Ok(Sent::Done);
        }
        message.refuse(setback.failure);
        write(ports, &message, "message_refused", now).await?;
        return go_on_elsewhere(ports, scene, enrolment, &message, number, afterwards).await;
    };
    let until = now.checked_add(wait).ok();
    hold_claimed(enrolment, &token, HoldReason::NotTaken, until, now, number, afterwards);
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
    token: &ClaimToken,
    reason: HoldReason,
    until: Option<Timestamp>,
    now: Timestamp,
    number: usize,
    afterwards: &mut Afterwards,
) {
    // Planned for when it was planned for, however late it was tried.
    let owed = enrolment.late_since.or(enrolment.due);
    if enrolment.release(token, now).is_ok() {
        enrolment.late_since = owed.filter(|_| reason.makes_late());
        hold(enrolment, reason, until, now, number, afterwards);
    }
}

fn failure(class: &str, code: Option<String>, detail: String) -> Failure {
    Failure { class: class.to_owned(), code, detail }
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
