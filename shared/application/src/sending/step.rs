//! One step of one enrolment, from its queue message to what is written afterwards.

use crate::campaign::late_messages;

use crate::ports::enrolments::Claim;

use crate::ports::store::StoreResult;
use crate::queue_messages::Slot;
use crate::sending::account::step_account;
use crate::sending::claim::{call_off_void, claim_gone, fits, make_void, overtaken, put_down, put_down_for};
use crate::sending::compose::ComposeError;
use crate::sending::context::Found;
use crate::sending::context::SendContext;
use crate::sending::context::load_context;
use crate::sending::decide::decide;
use crate::sending::gate::{DOWN, Entry, unused_slot, wait_outside};
use crate::sending::kept::keep;
use crate::sending::mailbox;
use crate::sending::memory::Memory;
use crate::sending::missing_values::hold_missing_values;
use crate::sending::moves::{end, hold, leave_behind, not_written, scheduled, step_hint};
use crate::sending::of_many::resumed_by;
use crate::sending::outcome::{Attempt, message_for, record};
use crate::sending::permit;
use crate::sending::provider_answer::answer_of;
use crate::sending::ready::{Ready, class_of, compose, may_be_repeated};
use crate::sending::reconcile::{
    ask_about_left, ask_about_present, ended_meanwhile, reconcile, wait_for_evidence,
};
use crate::sending::room;
use crate::sending::room::{Room, Taking};
use crate::sending::task::open_task;
use crate::sending::turns::{Turn, await_turn, turn_at};
use crate::sending::uncertain::close_questions;
use crate::sending::{Afterwards, CLAIM_LASTS, Move, SendPorts, Sent, seconds_until};
use domain::MessageId;

use domain::capacity::follow_up_load::FollowUps;
use domain::contact::channel::Channel;
use domain::enrolment::deferral::Deferral;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::enrolment::{ClaimToken, Enrolment, EnrolmentState};
use domain::event::Event;

use domain::message::send_policy::SendAnswer;
use domain::message::{Message, MessageState};

use domain::planning::planner::{Decision, MAILBOX_WAIT};
use domain::planning::skip_reason::SkipReason;

use domain::time::days_off::DaysOff;

use jiff::Timestamp;

/// What a queue message asks for.
pub(super) struct Order<'a> {
    pub key: &'a EnrolmentKey,
    pub generation: u16,
    pub due: Timestamp,
    pub slot: Option<&'a Slot>,
}

pub(super) async fn send_step(
    ports: &SendPorts,
    memory: &mut Memory,
    Order { key, generation, due, slot }: Order<'_>,
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    if due > now {
        return Ok(Sent::Later(seconds_until(now, due), "not due yet".to_owned()));
    }
    let (scene, mut enrolment) = match load_context(ports, memory, key).await? {
        Found::Here(found) => *found,
        Found::NotWritten => return Ok(not_written(due, now)),
        Found::Gone => {
            ports.leads.delete_rest(&key.workspace, &key.lead).await?;
            return Ok(Sent::Done);
        }
    };
    afterwards.leads.insert(number, scene.file.lead.clone());
    afterwards.put_down.insert(number, put_down_for(&scene, &enrolment).cloned().collect());
    if enrolment.generation < generation || enrolment.state == EnrolmentState::Pending {
        return Ok(not_written(due, now));
    }
    if !enrolment.is_active() {
        return ended_meanwhile(ports, &scene, enrolment).await;
    }
    if enrolment.generation > generation {
        ask_about_left(ports, &scene, &enrolment, now).await?;
        call_off_void(ports, &scene, &enrolment).await?;
        return Ok(Sent::Done);
    }
    // Whatever else holds: nobody may send this again before it is settled.
    if let EnrolmentState::Held { reason: HoldReason::Uncertain, until } = enrolment.state {
        if until.is_some_and(|until| until > now) {
            return Ok(Sent::Done);
        }
        return reconcile(ports, memory, &scene, enrolment, number, afterwards).await;
    }
    // Put off: its hint finds it when that is over, and a repeat does not make it come sooner.
    if let EnrolmentState::Held { reason: HoldReason::Mailbox | HoldReason::NotTaken, until: Some(until) } =
        enrolment.state
        && until > now
        && scene.present_is_uncertain(&enrolment)
    {
        return Ok(Sent::Done);
    }
    mailbox::of_slot(&scene, &mut enrolment, slot, now);
    match decide(ports, &scene, &enrolment, now).await? {
        // Whoever has lost their mailbox, or is late, may still have a message that nobody is sure of.
        Decision::Hold { reason: HoldReason::Mailbox | HoldReason::Late, .. }
        | Decision::Skip { why: SkipReason::Late }
        | Decision::End(EndReason::MailboxGone)
            if scene.present_is_uncertain(&enrolment) =>
        {
            reconcile(ports, memory, &scene, enrolment, number, afterwards).await
        }
        Decision::Send => {
            let Some(enrolment) = scheduled(ports, enrolment, now).await? else { return Ok(Sent::Done) };
            attempt(ports, memory, &scene, (enrolment, slot), number, afterwards).await
        }
        Decision::OpenTask => open_task(ports, &scene, enrolment, number, afterwards).await,
        Decision::AwaitTask => Ok(Sent::Done),
        Decision::Wait { until } if matches!(enrolment.state, EnrolmentState::Claimed { .. }) => {
            Ok(Sent::Later(seconds_until(now, until), "another attempt is at it".to_owned()))
        }
        Decision::Wait { until } => {
            let mut waits = enrolment;
            waits.defer(Deferral::OwnLimit, until, now);
            waits.state = EnrolmentState::Scheduled;
            afterwards.hints.push(step_hint(&scene, &waits, until));
            let event = Event::system("step_waits", now);
            afterwards.moves.push((number, Move::of(waits, event)));
            Ok(Sent::Done)
        }
        Decision::Hold { reason: HoldReason::Uncertain, .. } => {
            reconcile(ports, memory, &scene, enrolment, number, afterwards).await
        }
        Decision::Hold { reason, until } => {
            ask_about_present(ports, &scene, &enrolment, now).await?;
            let known = enrolment.state == EnrolmentState::Held { reason, until };
            if known && until.is_none() {
                call_off_void(ports, &scene, &enrolment).await?;
                // From before they were held; or of whoever lets them go, who puts it first and may not have written them yet.
                return Ok(not_written(due, now));
            }
            if reason == HoldReason::Late && !known && memory.first_late(&key.campaign) {
                late_messages::tell(&*ports.notifications, &scene.campaign, now).await?;
            }
            keep(&scene, enrolment, (reason, until), now, number, afterwards);
            Ok(Sent::Done)
        }
        Decision::Pass { to, at, because } => {
            let event = Event::system("step_passed", now).because(cause(&enrolment, &because));
            let late = enrolment.late_since(now);
            leave_behind(&scene, enrolment, (at, to, late), event, number, afterwards);
            Ok(Sent::Done)
        }
        Decision::Skip { why } => {
            ask_about_present(ports, &scene, &enrolment, now).await?;
            let below = enrolment.step.as_ref().and_then(|step| scene.version.after(step));
            let event = Event::system("step_skipped", now).because(cause(&enrolment, why.as_str()));
            leave_behind(&scene, enrolment, (now, below, None), event, number, afterwards);
            Ok(Sent::Done)
        }
        Decision::End(reason) => {
            ask_about_present(ports, &scene, &enrolment, now).await?;
            end(enrolment, reason, now, number, afterwards);
            Ok(Sent::Done)
        }
    }
}

/// The step that is left, and why.
fn cause(enrolment: &Enrolment, why: &str) -> String {
    enrolment.step.as_ref().map_or_else(|| why.to_owned(), |step| format!("{step}:{why}"))
}

async fn attempt(
    ports: &SendPorts,
    memory: &mut Memory,
    scene: &SendContext,
    (mut enrolment, slot): (Enrolment, Option<&Slot>),
    number: usize,
    afterwards: &mut Afterwards,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    let step = enrolment.step.as_ref().and_then(|step| scene.version.step(step));
    let Some((step, touch)) = step.and_then(|step| Some((step, enrolment.touch(&scene.version)?))) else {
        return Ok(Sent::Done);
    };
    let channel = touch.channel;
    // Who was lined up at the launch has a mailbox, and all that follows was counted then.
    let newcomer = touch.opening && enrolment.mailbox.is_none();
    let days_off = DaysOff::of(&scene.file.lead, &scene.calendar.days_off);
    let follow_ups =
        FollowUps::counted_with((&scene.campaign.id, &scene.version), &step.id, newcomer, days_off);
    let id = MessageId::for_step(&enrolment.key.lead, &enrolment.key.campaign, &step.id);
    let earlier = scene.file.row_of(&id);
    let uncertain = earlier.filter(|row| row.state == MessageState::Uncertain);
    if uncertain.is_none() && earlier.is_some_and(|row| !row.may_be_replaced()) {
        return reconcile(ports, memory, scene, enrolment, number, afterwards).await;
    }
    let given_up = earlier.filter(|row| row.given_up && uncertain.is_none());
    if let Some(given_up) = given_up {
        // Nobody is asked about it any more: whoever gave it up may have broken off before they closed the question.
        close_questions(&*ports.tasks, &scene.file.tasks, given_up, now).await?;
    }
    let account = match (uncertain, channel) {
        (Some(message), _) => step_account(ports, scene, channel, message.account.as_ref()).await?,
        (None, Channel::Sms | Channel::Whatsapp) => {
            step_account(ports, scene, channel, scene.campaign.text_sender(channel)).await?
        }
        (None, Channel::Email) => {
            let changed =
                mailbox::choose_now(ports, memory, scene, &mut enrolment, (touch, &follow_ups, slot)).await?;
            if let (true, Decision::Wait { until }) = (changed, scene.decide(&enrolment, now)) {
                wait_outside(scene, enrolment, (until, "sender_hours"), slot, now, number, afterwards);
                return Ok(Sent::Done);
            }
            match &enrolment.mailbox {
                Some(own) => step_account(ports, scene, channel, Some(own)).await?,
                None => None,
            }
        }
    };
    let Some(account) = account else {
        if uncertain.is_some() {
            return reconcile(ports, memory, scene, enrolment, number, afterwards).await;
        }
        let until = now.checked_add(MAILBOX_WAIT).ok();
        hold(enrolment, HoldReason::Mailbox, until, now, number, afterwards);
        return Ok(Sent::Done);
    };
    // Also what may have gone out by it already waits.
    if let Some(pause) = account.pause {
        ask_about_present(ports, scene, &enrolment, now).await?;
        // One that has left the campaign sets nobody of it going again.
        let is_ours = scene.campaign.sends_by(&account.id);
        let until = (!is_ours).then(|| resumed_by(pause.until, MAILBOX_WAIT, now));
        hold(enrolment, HoldReason::AccountPaused, until, now, number, afterwards);
        return Ok(Sent::Done);
    }
    let class = class_of(ports, &account, channel);
    if let Some(message) = uncertain
        && (message.account.is_none() || !may_be_repeated(class, &scene.file.lead, message, now))
    {
        wait_for_evidence(ports, scene, enrolment, message, class, number, afterwards).await?;
        return Ok(Sent::Done);
    }
    let there = earlier.filter(|row| row.is_put_down_at(enrolment.rev));
    if there.is_some_and(|row| !fits(scene, row, &account)) {
        return make_void(ports, &enrolment).await;
    }
    if let Some(until) = memory.gates.closed(ports, &account, id.as_str()).await? {
        wait_outside(scene, enrolment, (until, DOWN), slot, now, number, afterwards);
        return Ok(Sent::Done);
    }
    let (brought, mut slot) = (slot, slot.cloned());
    // What may have gone out already has had its turn, and its room.
    if uncertain.is_none() {
        if let Some(full) = room::full_until(ports, scene, &enrolment, channel).await? {
            wait_outside(scene, enrolment, full, slot.as_ref(), now, number, afterwards);
            return Ok(Sent::Done);
        }
        match turn_at(ports, &follow_ups, &account, (touch.opening, slot.as_ref())).await? {
            Turn::Now(taken) => slot = taken.or(slot),
            generation => return await_turn(ports, scene, enrolment, generation, (number, afterwards)).await,
        }
    }
    let may_have_gone = uncertain.or(given_up);
    let in_words_of = there.or(may_have_gone).and_then(|row| row.variant.as_ref());
    let words = step.words_for(&enrolment.key, in_words_of);
    let by_this = |row: &&Message| row.account.as_ref() == Some(&account.id);
    let repeated = may_have_gone.filter(by_this);
    let repeated = repeated.filter(|row| may_be_repeated(class, &scene.file.lead, row, now));
    let composed = match there.or(repeated).and_then(Ready::kept_in) {
        Some(ready) => Ok(ready),
        None => compose(ports, scene, &account, (&step.kind, words), &id).await,
    };
    let ready = match composed {
        Ok(ready) => ready,
        Err(ComposeError::Store(error)) => return Err(error),
        Err(error) => {
            tracing::info!(lead.id = %enrolment.key.lead, step.id = %step.id, %error, "a step cannot be rendered");
            return hold_missing_values(
                ports,
                scene,
                enrolment,
                (slot.as_ref(), brought),
                number,
                afterwards,
            )
            .await;
        }
    };
    if there.is_some_and(|row| !ready.says(row)) {
        return make_void(ports, &enrolment).await;
    }
    let probe = match memory.gates.enter(ports, &account, id.as_str()).await? {
        Entry::Go { probe } => probe,
        Entry::Wait { until } => {
            wait_outside(scene, enrolment, (until, DOWN), slot.as_ref(), now, number, afterwards);
            return Ok(Sent::Done);
        }
    };
    let room = match uncertain {
        Some(_) => Room::default(),
        None => match room::take(ports, scene, &enrolment, (channel, &id)).await? {
            Taking::Taken(room) => room,
            Taking::NotBefore(until, why) => {
                wait_outside(scene, enrolment, (until, why), slot.as_ref(), now, number, afterwards);
                return Ok(Sent::Done);
            }
        },
    };
    let row = match (uncertain, there) {
        (Some(row), _) | (None, Some(row)) => Some(row.clone()),
        (None, None) => {
            let mut row = message_for(scene, &enrolment, (step, channel), now);
            row.variant = words.variant.filter(|_| !ready.is_free()).map(|variant| variant.id.clone());
            ready.describe(&mut row, &account, class);
            if class.key.is_some() {
                ready.keep_in(&mut row);
            }
            if let Some(earlier) = earlier {
                row.follows(earlier);
            }
            put_down(ports, row, &enrolment, now).await?
        }
    };
    let Some(row) = row else {
        room.without_the_person().give_back(ports).await;
        return Ok(overtaken());
    };
    let goes = (&account.id, ready.to());
    let stands = permit::still_stands(ports, memory, (scene, &enrolment), goes).await;
    if !matches!(stands, Ok(true)) {
        room.give_back(ports).await;
        return stands.map(|_| permit::ran_out());
    }
    let token = ClaimToken::new(enrolment.rev, ports.ids.next().to_string());
    let now = ports.clock.now();
    let expires = now.checked_add(CLAIM_LASTS).unwrap_or(Timestamp::MAX);
    let mut claimed = enrolment.clone();
    claimed.claim(&token, expires).expect("what is planned to be sent is scheduled");
    let enrolment = match ports.enrolments.claim(&claimed, now).await? {
        Claim::Taken(enrolment) => enrolment,
        Claim::Busy { until } => {
            room.without_the_person().give_back(ports).await;
            return Ok(Sent::Later(seconds_until(now, until), "another attempt is at it".to_owned()));
        }
        Claim::Expired(enrolment) => {
            room.without_the_person().give_back(ports).await;
            return reconcile(ports, memory, scene, enrolment, number, afterwards).await;
        }
        Claim::Gone(there) => {
            room.without_the_person().give_back(ports).await;
            return claim_gone(ports, &enrolment, &row, there).await;
        }
    };
    // What is not read anew is not called.
    if !permit::still_stands(ports, memory, (scene, &enrolment), goes).await.unwrap_or(false) {
        let put_back = permit::put_back(ports, enrolment, &token).await?;
        room.give_back(ports).await;
        return Ok(put_back);
    }
    let mut message = row;
    message.attempts = enrolment.attempts.saturating_add(1);
    match uncertain {
        Some(_) => message.repeated_at = Some(now),
        None => message.created_at = now,
    }
    let result = ready.send(ports, &account).await;
    let answer = result.as_ref().err().map(answer_of);
    let told = answer != Some(SendAnswer::Lost);
    // Nothing was handed over: the place in the day is another's. What may have gone out before keeps the one it had.
    let refused = answer.is_some_and(SendAnswer::frees_slot);
    let slot = slot.filter(|_| refused && uncertain.is_none());
    // Only once that is written: whoever finds this claim expired would make the message again in room that is another's.
    let mut unused = if answer.is_some_and(SendAnswer::frees_caps) { room } else { Room::default() };
    let claim = token.clone();
    let attempt = Attempt { scene, enrolment, message, account, token, probe };
    let recorded = record(ports, memory, attempt, result, number, afterwards).await;
    let mut free = unused_slot(scene, slot.as_ref());
    for (_, step) in afterwards.moves.iter_mut().filter(|(of, _)| *of == number) {
        (step.claim, step.told, step.room) = (Some(claim.clone()), told, std::mem::take(&mut unused));
        step.unused = free.take();
    }
    if recorded.is_ok() {
        unused.give_back(ports).await;
    }
    recorded
}
