//! Recording the outcome of an attempt at a step: in its ledger row first, then in its enrolment. The policy says what becomes
//! of a message that was not accepted; here it is written down.

use crate::lead::address_closed::{ClosingPorts, close_channel};
use crate::lead::suppression_lookup::scopes_of;
use crate::ports::provider_calls::{Accepted, OpenAccount, SendError, SenderClass};
use crate::ports::store::StoreResult;
use crate::sending::account_health::note_error;
use crate::sending::context::SendContext;
use crate::sending::evidence::wait_for_evidence;
use crate::sending::message_outcome::{note_contact, suppress_address, write_accepted, write_outcome};
use crate::sending::provider_answer::{Call, Heard, handle_failure};
use crate::sending::ready::may_be_repeated;
use crate::sending::run::SendRun;
use crate::sending::sent::Sent;
use crate::sending::transitions::{Exit, complete_step, defer, end, hold_claimed, leave_step};
use crate::sending::uncertain::close_questions;
use crate::sending::writes::save_claimed;
use domain::capacity::admission::DelayReason;
use domain::enrolment::deferral::Deferral;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::enrolment::{ClaimToken, Enrolment};
use domain::event::{Event, EventKind};
use domain::lead::suppression::Ends;
use domain::message::failure_class::FailureClass;
use domain::message::send_policy::{Disposition, SendKind};
use domain::message::{Message, MessageState};
use domain::mutant;
use domain::planning::eligibility::anything_left;
use domain::planning::planner::MAILBOX_WAIT;
use domain::planning::skip_reason::SkipReason;
use jiff::{SignedDuration, Timestamp};

/// An attempt whose call was made.
pub(super) struct Attempt<'a> {
    pub context: &'a SendContext,
    /// The enrolment, claimed with `token`.
    pub enrolment: Enrolment,
    pub token: ClaimToken,
    /// The ledger row.
    pub message: Message,
    pub account: OpenAccount,
    pub class: SenderClass,
    /// Whether everybody else waits for the outcome of this call.
    pub probe: bool,
}

pub(super) async fn record(
    run: &mut SendRun<'_>,
    mut attempt: Attempt<'_>,
    result: Result<Accepted, SendError>,
) -> StoreResult<Sent> {
    let error = match result {
        Ok(accepted) => return record_accepted(run, attempt, accepted).await,
        Err(error) => error,
    };
    let (now, message) = (run.now(), &mut attempt.message);
    let has_key = may_be_repeated(attempt.class, &attempt.context.file.lead, message, now);
    if matches!(error, SendError::Uncertain(_)) {
        // First of all: a function that finds this claim expired would have to guess.
        message.state = MessageState::Uncertain;
        write_outcome(run.ports, message, EventKind::MessageUncertain).await?;
    }
    let call = Call {
        account: &attempt.account,
        message: &message.id,
        probe: attempt.probe,
        has_key,
        kind: SendKind::Step,
        tries: attempt.enrolment.attempts().saturating_add(1),
        may_have_gone: message.state == MessageState::Uncertain,
    };
    let heard = handle_failure(run, call, error).await;
    record_not_accepted(run, attempt, heard).await
}

/// Records that the provider accepted the message, and moves the enrolment to its next step.
async fn record_accepted(
    run: &mut SendRun<'_>,
    attempt: Attempt<'_>,
    accepted: Accepted,
) -> StoreResult<Sent> {
    let now = run.now();
    let Attempt { context, enrolment, mut message, account, probe, .. } = attempt;
    message.tried_elsewhere = false;
    write_accepted(run, &mut message, accepted, &account, probe, &context.file.tasks).await?;
    if let Some(contacted) = note_contact(run.ports, &context.file.lead, &message, now).await? {
        run.writes.lead = Some(contacted);
    }
    complete_step(run, context, enrolment, &message, now);
    Ok(Sent::Done)
}

/// Writes down what becomes of a message that was not accepted.
async fn record_not_accepted(run: &mut SendRun<'_>, attempt: Attempt<'_>, heard: Heard) -> StoreResult<Sent> {
    let now = run.now();
    if heard.is_shown_at_account() {
        note_error(run.ports, &attempt.account, &heard.failure.detail, now).await?;
    }
    let after = |wait| now.checked_add(wait).unwrap_or(Timestamp::MAX);
    match heard.disposition {
        Disposition::Refused | Disposition::GivenUp { may_have_gone: false } => {
            refuse(run, attempt, heard).await
        }
        Disposition::NotTried => {
            let (until, mut enrolment) = (heard.closed_until.unwrap_or(now), attempt.enrolment);
            if enrolment.defer(Deferral::NotTried, until, now) {
                defer(run, attempt.context, enrolment, until, DelayReason::ProviderDown);
            }
            Ok(Sent::Done)
        }
        Disposition::Soon(wait) => try_soon(run, attempt, wait, heard.failure.detail).await,
        Disposition::Later(wait) => {
            hold_claimed(run, attempt.enrolment, HoldReason::NotTaken, after(wait));
            Ok(Sent::Done)
        }
        Disposition::AwaitRepair => {
            hold_claimed(run, attempt.enrolment, HoldReason::Mailbox, after(MAILBOX_WAIT));
            note_error(run.ports, &attempt.account, &heard.failure.detail, now).await?;
            Ok(Sent::Done)
        }
        Disposition::GivenUp { may_have_gone: true } | Disposition::Uncertain => {
            let Attempt { context, mut enrolment, message, class, .. } = attempt;
            // The claim is ours and will report nothing else: it may be given up before it expires.
            enrolment.release();
            wait_for_evidence(run, context, enrolment, &message, class).await?;
            Ok(Sent::Done)
        }
    }
}

/// Gives the claim back for a try within seconds, by the same queue message.
async fn try_soon(
    run: &SendRun<'_>,
    attempt: Attempt<'_>,
    wait: SignedDuration,
    why: String,
) -> StoreResult<Sent> {
    let now = run.now();
    let Attempt { mut enrolment, token, .. } = attempt;
    if !enrolment.defer(Deferral::Tried, now.checked_add(wait).unwrap_or(now), now) {
        return Ok(Sent::Done);
    }
    save_claimed(run.ports, &enrolment, &token, &Event::system(EventKind::SendPostponed, now)).await?;
    Ok(Sent::Later(u32::try_from(wait.as_secs().max(1)).unwrap_or(60), why))
}

/// Records that the message has failed, and lets the enrolment go on without its channel or its address.
async fn refuse(run: &mut SendRun<'_>, attempt: Attempt<'_>, heard: Heard) -> StoreResult<Sent> {
    let Attempt { context, enrolment, mut message, .. } = attempt;
    let opted_out = heard.failure.class == FailureClass::OptedOut;
    message.refuse(heard.failure);
    write_outcome(run.ports, &message, EventKind::MessageRefused).await?;
    if !heard.suppress {
        return continue_without_channel(run, context, enrolment, &message).await;
    }
    suppress_address(run.ports, &message, opted_out).await?;
    continue_without_address(run, context, enrolment, &message).await
}

/// Ends all of the lead's enrolments, or closes the channel, as the workspace has chosen. The address is listed by now.
pub(super) async fn continue_without_address(
    run: &mut SendRun<'_>,
    context: &SendContext,
    enrolment: Enrolment,
    message: &Message,
) -> StoreResult<Sent> {
    close_if_known(run, context, message).await?;
    let opted_out = message.failure.as_ref().is_some_and(|failure| failure.class == FailureClass::OptedOut);
    let reason = if opted_out { EndReason::OptedOut } else { EndReason::Bounced };
    let event = Event::system(EventKind::AddressRefused, run.now()).because(message.id.as_str());
    let (workspace, lead) = (&enrolment.key().workspace, &enrolment.key().lead);
    if context.workspace.endings.of(message.channel, opted_out) == Ends::Everything {
        run.ports.enrolments.stop(workspace, lead, reason, &event).await?;
        return Ok(Sent::Done);
    }
    close_channel(&ClosingPorts::from(run.ports), (workspace, lead), reason, &event).await?;
    continue_elsewhere(run, context, enrolment, SkipReason::AddressSuppressed, reason).await
}

/// Sends nothing more of this campaign on the message's channel. The message was refused, or no provider accepted it in days;
/// its address may be as good as before.
pub(super) async fn continue_without_channel(
    run: &mut SendRun<'_>,
    context: &SendContext,
    mut enrolment: Enrolment,
    message: &Message,
) -> StoreResult<Sent> {
    close_if_known(run, context, message).await?;
    if !mutant!("refused_channel_stays_open") {
        enrolment.close_channel(message.channel);
    }
    continue_elsewhere(run, context, enrolment, SkipReason::ChannelFailed, EndReason::Failed).await
}

/// Closes the questions about a message of which it is known by now what became. A repeat that is refused says nothing about
/// the first try.
async fn close_if_known(run: &SendRun<'_>, context: &SendContext, message: &Message) -> StoreResult<()> {
    if message.state > MessageState::Abandoned {
        close_questions(&*run.ports.tasks, &context.file.tasks, message, run.now()).await?;
    }
    Ok(())
}

/// Moves the enrolment to its next step if one is left that reaches the lead, else ends it.
async fn continue_elsewhere(
    run: &mut SendRun<'_>,
    context: &SendContext,
    enrolment: Enrolment,
    why: SkipReason,
    reason: EndReason,
) -> StoreResult<Sent> {
    let now = run.now();
    let Some(step) = enrolment.step().clone() else { return Ok(Sent::Done) };
    let (lead, version) = (&context.file.lead, &context.planning.version);
    let listed = run.ports.suppressions.find(&lead.workspace, &scopes_of(lead)).await?;
    if anything_left(version, &step, (&enrolment, lead), &listed, now) {
        let event = Event::system(EventKind::StepSkipped, now).because(format!("{step}:{}", why.as_str()));
        let exit = Exit { to: version.after(&step), at: now, late: None };
        leave_step(run, context, enrolment, exit, event);
    } else {
        end(run, enrolment, reason);
    }
    Ok(Sent::Done)
}
