//! Reconciling: finding out what became of a message whose claim expired or whose answer was lost. Its ledger row says what was
//! about to go out, and perhaps how it ended; else the provider is asked, where it can be, and at the deadline the workspace's
//! policy decides.

use crate::ports::store::{StoreResult, found};
use crate::sending::account::account_of;
use crate::sending::claim::cancel_void;
use crate::sending::context::SendContext;
use crate::sending::evidence::{ask_about_left, ask_provider, is_overdue, look_by, wait_for_evidence};
use crate::sending::message_outcome::{note_contact, write_outcome};
use crate::sending::provider_match::{continue_from, record_match};
use crate::sending::ready::may_be_repeated;
use crate::sending::record::{continue_without_address, continue_without_channel};
use crate::sending::run::SendRun;
use crate::sending::sent::{CLAIM_LASTS, Sent};
use crate::sending::transitions::{hold, try_again};
use crate::sending::uncertain::{ask_user, close_questions};
use domain::capacity::admission::Admission;
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::EventKind;
use domain::message::send_policy::TRIES;
use domain::message::{Message, MessageState};
use domain::mutant;
use domain::planning::eligibility::step_closed;
use domain::planning::skip_reason::SkipReason;
use domain::workspace::WhenUncertain;

/// Reconciles the present step's message. Its row tells how it ended; where it tells nothing, nobody knows.
pub(super) async fn reconcile(
    run: &mut SendRun<'_>,
    context: &SendContext,
    enrolment: Enrolment,
) -> StoreResult<Sent> {
    let now = run.now();
    let Some(id) = enrolment.present_message() else { return Ok(Sent::Done) };
    let message = match found(run.ports.messages.get(&enrolment.key().workspace, &id).await)? {
        Some(row) if row.state == MessageState::Sending => record_lost(run, context, &enrolment, row).await?,
        Some(message) => message,
        // A row is written before its claim: without one no call was made.
        None => {
            try_again(run, enrolment, EventKind::SendPostponed);
            return Ok(Sent::Done);
        }
    };
    if let Some(at) = message.accepted_at {
        // The function that recorded it may have broken off right then.
        return continue_from(run, context, enrolment, &message, at).await;
    }
    if message.was_refused() {
        let lead = &context.file.lead;
        let closed = context
            .present_step(&enrolment)
            .and_then(|step| step_closed(lead, &step.kind, &context.suppressions, now));
        if closed == Some(SkipReason::AddressSuppressed) {
            return continue_without_address(run, context, enrolment, &message).await;
        }
        return continue_without_channel(run, context, enrolment, &message).await;
    }
    still_uncertain(run, context, enrolment, message).await
}

/// Deals with an enrolment that has ended, perhaps while its message was being sent. The end stands; the message's outcome is
/// still recorded, and a user is asked about what nothing else looks for any more.
pub(super) async fn reconcile_ended(
    run: &SendRun<'_>,
    context: &SendContext,
    enrolment: &Enrolment,
) -> StoreResult<Sent> {
    let (ports, now) = (run.ports, run.now());
    if let (Some(expires), Some(id)) = (enrolment.claim_open_until(), enrolment.present_message()) {
        let row = context.file.row_of(&id);
        if expires > now && row.is_none_or(|row| row.state <= MessageState::Abandoned) {
            return Ok(Sent::claimed_elsewhere(expires, now));
        }
        if let Some(row) = row.filter(|row| row.state == MessageState::Sending) {
            let message = record_lost(run, context, enrolment, row.clone()).await?;
            let lead = &context.file.lead;
            match message.accepted_at {
                Some(at) => note_contact(ports, lead, &message, at).await.map(drop)?,
                None => drop(ask_user(&*ports.messages, &*ports.tasks, lead, &message, now).await?),
            }
        }
    }
    ask_about_left(run, context, enrolment).await?;
    cancel_void(ports, context, enrolment).await?;
    Ok(Sent::Done)
}

/// Records that nobody knows whether a claimed row went out, unless the lead has answered it.
async fn record_lost(
    run: &SendRun<'_>,
    context: &SendContext,
    enrolment: &Enrolment,
    mut row: Message,
) -> StoreResult<Message> {
    let expired = match *enrolment.state() {
        EnrolmentState::Claimed { expires, .. } => Some(expires),
        _ => enrolment.claim_open_until(),
    };
    // The call came after the claim, however long before that the row was written.
    let claimed_at = expired.and_then(|expires| expires.checked_sub(CLAIM_LASTS).ok());
    row.created_at = claimed_at.map_or(row.created_at, |at| at.max(row.created_at));
    row.state = MessageState::Uncertain;
    let answer = context.file.find_reply_to(&row.id);
    let is_answered = answer.is_some_and(|answer| row.raise_state(MessageState::Accepted, answer.created_at));
    if is_answered {
        row.frozen = None;
    }
    let event = if is_answered { EventKind::MessageAccepted } else { EventKind::MessageUncertain };
    write_outcome(run.ports, &row, event).await?;
    run.ports.messages.get(&row.workspace, &row.id).await
}

/// Repeats the message under its key, finds it at the provider, gives it up at the deadline, or waits.
async fn still_uncertain(
    run: &mut SendRun<'_>,
    context: &SendContext,
    mut enrolment: Enrolment,
    mut message: Message,
) -> StoreResult<Sent> {
    let (ports, now) = (run.ports, run.now());
    let (account, class) = account_of(ports, &message).await?;
    let given_up = message.state == MessageState::Abandoned;
    if given_up {
        enrolment.count_attempts(&message);
    }
    if given_up || may_be_repeated(class, &context.file.lead, &message, now) {
        try_again(run, enrolment, EventKind::SendRepeated);
        return Ok(Sent::Done);
    }
    note_last_try(run, &enrolment, &mut message).await?;
    let is_over = is_overdue(&message, now);
    if let Some(account) = account.filter(|_| class.status_query) {
        match ask_provider(run, &context.file.messages, &account, &message).await? {
            Admission::NotBefore { at, .. } if !is_over => {
                hold(run, enrolment, HoldReason::Uncertain, Some(look_by(&message, at)));
                return Ok(Sent::Done);
            }
            Admission::NotBefore { .. } | Admission::Granted(None) => {}
            Admission::Granted(Some(there)) => {
                record_match(ports, &account, &mut message, there).await?;
                return continue_from(run, context, enrolment, &message, now).await;
            }
        }
    }
    let may_resend =
        context.workspace.when_uncertain == WhenUncertain::Resend || mutant!("resent_despite_policy");
    let resend = may_resend && message.attempts < TRIES;
    if is_over && resend {
        give_up(run, context, &mut message).await?;
        enrolment.count_attempts(&message);
        try_again(run, enrolment, EventKind::SendRepeated);
        return Ok(Sent::Done);
    }
    wait_for_evidence(run, context, enrolment, &message, class).await?;
    Ok(Sent::Done)
}

/// Gives an uncertain attempt up, so that the message goes out once more.
async fn give_up(run: &SendRun<'_>, context: &SendContext, message: &mut Message) -> StoreResult<()> {
    message.reset_for_retry();
    message.state = MessageState::Abandoned;
    write_outcome(run.ports, message, EventKind::MessageAbandoned).await?;
    close_questions(&*run.ports.tasks, &context.file.tasks, message, run.now()).await
}

/// Notes a repeat under the key that broke off. It may have gone out as well, so its evidence is awaited for as long.
async fn note_last_try(run: &SendRun<'_>, enrolment: &Enrolment, message: &mut Message) -> StoreResult<()> {
    let EnrolmentState::Claimed { expires, .. } = enrolment.state() else { return Ok(()) };
    let tried_at = expires.checked_sub(CLAIM_LASTS).unwrap_or(run.now());
    if tried_at <= message.last_tried_at() {
        return Ok(());
    }
    message.repeated_at = Some(tried_at);
    write_outcome(run.ports, message, EventKind::MessageUncertain).await?;
    *message = run.ports.messages.get(&message.workspace, &message.id).await?;
    Ok(())
}
