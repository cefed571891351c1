//! One attempt at a step that the planner lets go out: it is prepared, admitted, claimed, called and recorded. The order of the
//! writes, and what a crash between two of them leaves behind, are explained in `claim`.

use crate::ports::enrolments::Claim;
use crate::ports::provider_calls::{Accepted, OpenAccount, SendError, SenderClass};
use crate::ports::store::StoreResult;
use crate::queue_messages::{SendMessage, Slot};
use crate::sending::account::{step_account, with_access};
use crate::sending::admission::caps::Recipient;
use crate::sending::admission::slot::SlotWish;
use crate::sending::admission::{Applicant, Granted, Release, Wish, admit, slot_of_account};
use crate::sending::claim::{claim_gone, fits, void_row, write_row};
use crate::sending::compose::ComposeError;
use crate::sending::context::SendContext;
use crate::sending::evidence::{ask_about_present, wait_for_evidence};
use crate::sending::mailbox::choose_now;
use crate::sending::missing_values::hold_for_value;
use crate::sending::preflight::{Route, give_claim_back, recheck};
use crate::sending::provider_answer::answer_of;
use crate::sending::ready::{Ready, class_of, compose_step, may_be_repeated};
use crate::sending::reconcile::reconcile;
use crate::sending::record::{Attempt, record};
use crate::sending::run::SendRun;
use crate::sending::sent::{CLAIM_LASTS, NoCall, Sent, resumed_by};
use crate::sending::transitions::{defer, hold};
use crate::sending::uncertain::close_questions;
use crate::sending::writes::ClaimOutcome;
use domain::capacity::admission::{Admission, DelayReason};
use domain::capacity::follow_up_load::FollowUps;
use domain::contact::channel::{Channel, Touch};
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::{ClaimToken, Enrolment};
use domain::message::send_policy::SendAnswer;
use domain::message::{Direction, Message, MessageState};
use domain::mutant;
use domain::planning::planner::{Decision, MAILBOX_WAIT};
use domain::sequence::Step;
use domain::time::days_off::DaysOff;
use domain::{MessageId, VariantId};
use jiff::Timestamp;

/// The step that is to be sent, and what is known of earlier attempts at it.
struct Outgoing<'a> {
    context: &'a SendContext,
    enrolment: Enrolment,
    step: &'a Step,
    touch: Touch,
    /// The follow-ups that a first message brings with it. A lead that was booked at the launch has a mailbox, and its
    /// follow-ups were counted then.
    follow_ups: FollowUps<'a>,
    id: MessageId,
    /// The slot that came with the queue message.
    slot: Option<&'a Slot>,
    /// The row of an earlier attempt.
    earlier: Option<&'a Message>,
    /// The earlier row, if it is uncertain: this attempt repeats it.
    uncertain: Option<&'a Message>,
    /// The earlier row, if it was given up: the message goes out anew.
    given_up: Option<&'a Message>,
    /// The earlier row, if it is of the enrolment's present revision: this attempt adopts it.
    adopted: Option<&'a Message>,
}

/// A step that is ready to go out.
struct Prepared<'a> {
    of: Outgoing<'a>,
    account: OpenAccount,
    class: SenderClass,
    ready: Ready,
    variant: Option<VariantId>,
}

/// A step that is claimed: the call may be made.
struct Claimed<'a> {
    attempt: Attempt<'a>,
    ready: Ready,
    granted: Granted,
}

pub(super) async fn attempt(
    run: &mut SendRun<'_>,
    context: &SendContext,
    enrolment: Enrolment,
    slot: Option<&Slot>,
) -> StoreResult<Sent> {
    send(run, context, enrolment, slot).await.or_else(NoCall::into_sent)
}

async fn send(
    run: &mut SendRun<'_>,
    context: &SendContext,
    enrolment: Enrolment,
    slot: Option<&Slot>,
) -> Result<Sent, NoCall> {
    let prepared = prepare(run, context, enrolment, slot).await?;
    let granted = admitted(run, &prepared).await?;
    let mut claimed = claim(run, prepared, granted).await?;
    let Attempt { account, message, .. } = &mut claimed.attempt;
    let result = claimed.ready.send(run.ports, account, message).await;
    Ok(record_result(run, claimed, result).await?)
}

/// Finds the account and composes the message, unless something keeps the step back.
async fn prepare<'a>(
    run: &mut SendRun<'_>,
    context: &'a SendContext,
    enrolment: Enrolment,
    slot: Option<&'a Slot>,
) -> Result<Prepared<'a>, NoCall> {
    let mut outgoing = check_earlier_attempts(run, context, enrolment, slot).await?;
    let account = account_for(run, &mut outgoing).await?;
    let channel = outgoing.touch.channel;
    if let Some(pause) = account.pause.filter(|_| !mutant!("paused_mailbox_sends")) {
        // It keeps back what may have gone out by the account, too.
        ask_about_present(run, context, &outgoing.enrolment).await?;
        // An account that has left the campaign releases nobody of it when it is resumed.
        let is_ours = context.planning.campaign.sends_by(&account.id);
        let until = (!is_ours).then(|| resumed_by(pause.until, MAILBOX_WAIT, run.now()));
        hold(run, outgoing.enrolment, HoldReason::AccountPaused, until);
        return Err(Sent::Done.into());
    }
    let class = class_of(run.ports, &account, channel);
    if let Some(message) = outgoing.uncertain
        && (message.account.is_none() || !outgoing.may_be_repeated(message, class, run.now()))
    {
        wait_for_evidence(run, context, outgoing.enrolment, message, class).await?;
        return Err(Sent::Done.into());
    }
    if outgoing.adopted.is_some_and(|row| !fits(context, row, &account)) {
        return Err(void_row(run.ports, &outgoing.enrolment).await?.into());
    }
    let account = match with_access(run.ports, account).await? {
        Ok(account) => account,
        Err(until) => {
            run.writes.unused_slot = slot_of_account(&context.senders, slot);
            defer(run, context, outgoing.enrolment, until, DelayReason::ProviderDown);
            return Err(Sent::Done.into());
        }
    };
    compose(run, outgoing, account, class).await
}

/// Looks at what became of earlier attempts at the step.
async fn check_earlier_attempts<'a>(
    run: &mut SendRun<'_>,
    context: &'a SendContext,
    enrolment: Enrolment,
    slot: Option<&'a Slot>,
) -> Result<Outgoing<'a>, NoCall> {
    let planning = &context.planning;
    let Some((step, touch)) = context.present_step(&enrolment).zip(enrolment.touch(&planning.version)) else {
        return Err(Sent::Done.into());
    };
    let id = MessageId::for_step(&enrolment.key().lead, &enrolment.key().campaign, &step.id);
    let earlier = context.file.row_of(&id);
    let uncertain = earlier.filter(|row| row.state == MessageState::Uncertain);
    if uncertain.is_none() && earlier.is_some_and(|row| !row.may_be_replaced()) {
        return Err(reconcile(run, context, enrolment).await?.into());
    }
    let given_up = earlier.filter(|row| row.given_up && uncertain.is_none());
    if let Some(given_up) = given_up {
        // The function that gave it up may have broken off before it closed the question.
        close_questions(&*run.ports.tasks, &context.file.tasks, given_up, run.now()).await?;
    }
    let brings_follow_ups = touch.opening && enrolment.mailbox().is_none();
    let days_off = DaysOff::of(&context.file.lead, &planning.calendar.days_off);
    let of = (&planning.campaign.id, &planning.version);
    Ok(Outgoing {
        follow_ups: FollowUps::counted_with(of, &step.id, brings_follow_ups, days_off),
        adopted: earlier.filter(|row| row.is_row_at(enrolment.rev())),
        context,
        enrolment,
        step,
        touch,
        id,
        slot,
        earlier,
        uncertain,
        given_up,
    })
}

impl Outgoing<'_> {
    fn may_be_repeated(&self, message: &Message, class: SenderClass, now: Timestamp) -> bool {
        may_be_repeated(class, &self.context.file.lead, message, now)
    }
}

/// Opens the account that the step goes out by: for a repeat the one of the first attempt.
async fn account_for(run: &mut SendRun<'_>, outgoing: &mut Outgoing<'_>) -> Result<OpenAccount, NoCall> {
    let (context, channel, ports) = (outgoing.context, outgoing.touch.channel, run.ports);
    let account = match (outgoing.uncertain, channel) {
        (Some(message), _) => step_account(ports, context, channel, message.account.as_ref()).await?,
        (None, Channel::Sms | Channel::Whatsapp) => {
            let number = context.planning.campaign.text_sender(channel);
            step_account(ports, context, channel, number).await?
        }
        (None, Channel::Email) => {
            let Outgoing { enrolment, touch, follow_ups, slot, .. } = &mut *outgoing;
            let changed = choose_now(run, context, enrolment, touch.opening, follow_ups, *slot).await?;
            if changed && let Decision::Wait { until } = context.decide(enrolment, run.now()) {
                run.writes.unused_slot = slot_of_account(&context.senders, *slot);
                defer(run, context, enrolment.clone(), until, DelayReason::SenderHours);
                return Err(Sent::Done.into());
            }
            match enrolment.mailbox() {
                Some(own) => step_account(ports, context, channel, Some(own)).await?,
                None => None,
            }
        }
    };
    if let Some(account) = account {
        return Ok(account);
    }
    let enrolment = outgoing.enrolment.clone();
    if outgoing.uncertain.is_some() {
        return Err(reconcile(run, context, enrolment).await?.into());
    }
    hold(run, enrolment, HoldReason::Mailbox, run.now().checked_add(MAILBOX_WAIT).ok());
    Err(Sent::Done.into())
}

/// Composes the message, or takes the request that an earlier attempt kept.
async fn compose<'a>(
    run: &mut SendRun<'_>,
    outgoing: Outgoing<'a>,
    account: OpenAccount,
    class: SenderClass,
) -> Result<Prepared<'a>, NoCall> {
    let Outgoing { context, step, adopted, .. } = outgoing;
    let may_have_gone = outgoing.uncertain.or(outgoing.given_up);
    let begun = adopted.or(may_have_gone).and_then(|row| row.variant.as_ref());
    let words = step.words_for(outgoing.enrolment.key(), begun);
    let repeated = may_have_gone
        .filter(|row| row.account.as_ref() == Some(&account.id))
        .filter(|row| outgoing.may_be_repeated(row, class, run.now()));
    let composed = match adopted.or(repeated).and_then(Ready::stored_request) {
        Some(ready) => Ok(ready),
        None => compose_step(run.ports, context, &account, &step.kind, words, &outgoing.id).await,
    };
    let ready = match composed {
        Ok(ready) => ready,
        Err(ComposeError::Store(error)) => return Err(error.into()),
        Err(error) => {
            let lead = &outgoing.enrolment.key().lead;
            tracing::info!(lead.id = %lead, step.id = %step.id, %error, "a step cannot be rendered");
            return Err(hold_for_value(run, context, outgoing.enrolment, outgoing.slot).await?.into());
        }
    };
    if adopted.is_some_and(|row| !ready.has_same_words(row)) {
        return Err(void_row(run.ports, &outgoing.enrolment).await?.into());
    }
    let variant = words.variant.filter(|_| !ready.is_free_text()).map(|variant| variant.id.clone());
    Ok(Prepared { of: outgoing, account, class, ready, variant })
}

/// Asks for admission. A step that has to wait is deferred.
async fn admitted(run: &mut SendRun<'_>, prepared: &Prepared<'_>) -> Result<Granted, NoCall> {
    let Outgoing { context, enrolment, touch, follow_ups, id, slot, uncertain, .. } = &prepared.of;
    let now = run.now();
    let open_from = |from| context.planned_from(enrolment, from, now);
    let in_slot = |slot: Slot| {
        let (key, due) = (enrolment.key().clone(), slot.at);
        SendMessage::Step { enrolment: key, generation: enrolment.generation(), due, slot: Some(slot) }
    };
    let wish = || Wish {
        slot: SlotWish { opening: touch.opening, follow_ups },
        recipient: Recipient {
            workspace: &context.workspace,
            lead: &context.file.lead,
            channel: touch.channel,
            open_from: &open_from,
        },
        in_slot: &in_slot,
    };
    let applicant = Applicant {
        message: id,
        account: &prepared.account.account,
        brought: slot_of_account(&context.senders, *slot),
        wish: uncertain.is_none().then(wish),
    };
    match admit(run, applicant).await? {
        Admission::Granted(granted) => Ok(granted),
        Admission::NotBefore { at, why } => {
            defer(run, context, enrolment.clone(), at, why);
            Err(Sent::Done.into())
        }
    }
}

/// Writes the ledger row, then claims the enrolment. Preflight runs before the claim and once more after it.
async fn claim<'a>(
    run: &mut SendRun<'_>,
    prepared: Prepared<'a>,
    granted: Granted,
) -> Result<Claimed<'a>, NoCall> {
    let Some(row) = row_of(run, &prepared).await? else {
        granted.release(run, Release::Overtaken).await;
        return Err(Sent::overtaken().into());
    };
    let Prepared { of: Outgoing { context, enrolment, uncertain, .. }, account, class, ready, .. } = prepared;
    let route = Route { account: &account.id, to: ready.to() };
    let stands = recheck(run, context, &enrolment, route).await;
    if !matches!(stands, Ok(true)) {
        granted.release(run, Release::ComesAgain).await;
        return Err(stands.map(|_| Sent::permits_ran_out())?.into());
    }
    let token = ClaimToken::new(enrolment.rev(), run.ports.ids.next().to_string());
    let now = run.now();
    let expires = now.checked_add(CLAIM_LASTS).unwrap_or(Timestamp::MAX);
    let mut wanted = enrolment.clone();
    wanted.claim(&token, expires).expect("what is planned to be sent is scheduled");
    let claimed = match run.ports.enrolments.claim(&wanted, now).await? {
        Claim::Taken(claimed) => claimed,
        other => {
            granted.release(run, Release::Overtaken).await;
            return Err(not_claimed(run, context, &enrolment, &row, other).await?.into());
        }
    };
    // Without a fresh read no call is made.
    if !recheck(run, context, &claimed, route).await.unwrap_or(false) {
        let given_back = give_claim_back(run, claimed, &token).await?;
        granted.release(run, Release::ComesAgain).await;
        return Err(given_back.into());
    }
    let mut message = row;
    message.attempts = claimed.attempts().saturating_add(1);
    match uncertain {
        Some(_) => message.repeated_at = Some(now),
        None => message.created_at = now,
    }
    let probe = granted.probe;
    let attempt = Attempt { context, enrolment: claimed, token, message, account, class, probe };
    Ok(Claimed { attempt, ready, granted })
}

/// Returns the row that the call goes out under: the one that is there, or a new one. `None`: another attempt has written its
/// own row meanwhile.
async fn row_of(run: &SendRun<'_>, prepared: &Prepared<'_>) -> StoreResult<Option<Message>> {
    let Prepared { of, account, class, ready, variant } = prepared;
    if let Some(row) = of.uncertain.or(of.adopted) {
        return Ok(Some(row.clone()));
    }
    let (key, now) = (of.enrolment.key(), run.now());
    let blank = Message::blank(of.id.clone(), key.workspace.clone(), Direction::Out, of.touch.channel, now);
    let mut row = Message {
        campaign: Some(key.campaign.clone()),
        step: Some(of.step.id.clone()),
        step_index: of.context.planning.version.position(&of.step.id),
        attempts: of.enrolment.attempts().saturating_add(1),
        variant: variant.clone(),
        ..blank
    };
    ready.describe(&mut row, account, *class);
    if class.key.is_some() {
        ready.store_request(&mut row);
    }
    if let Some(earlier) = of.earlier {
        row.follows(earlier);
    }
    write_row(run.ports, row, &of.enrolment).await
}

/// Deals with an enrolment that another function was faster to claim or to write.
async fn not_claimed(
    run: &mut SendRun<'_>,
    context: &SendContext,
    planned: &Enrolment,
    row: &Message,
    there: Claim,
) -> StoreResult<Sent> {
    match there {
        Claim::Busy { until } => Ok(Sent::claimed_elsewhere(until, run.now())),
        Claim::Expired(enrolment) => reconcile(run, context, enrolment).await,
        Claim::Gone(there) => claim_gone(run.ports, planned, row, there).await,
        Claim::Taken(_) => Ok(Sent::overtaken()),
    }
}

/// Records the result. What was granted and not used is given back once that is written: a function that found the claim
/// expired could repeat the message within capacity that is another message's by then.
async fn record_result(
    run: &mut SendRun<'_>,
    Claimed { attempt, granted, .. }: Claimed<'_>,
    result: Result<Accepted, SendError>,
) -> StoreResult<Sent> {
    let answer = result.as_ref().err().map(answer_of);
    let token = attempt.token.clone();
    let recorded = record(run, attempt, result).await;
    run.writes.claim = Some(ClaimOutcome { token, is_known: answer != Some(SendAnswer::Lost) });
    if let Some(answer) = answer
        && (recorded.is_ok() || run.writes.next.is_some())
    {
        granted.release(run, Release::Answered(answer)).await;
    }
    recorded
}
