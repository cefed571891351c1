//! One attempt at a one-off or bulk message: it is prepared, admitted, claimed, called and recorded, for the first time or again
//! under the key of an attempt of which nobody knows what became.

use crate::campaign::quota_booking::note_sent;
use crate::inbox::author_notice::{AuthorNotice, notify_author};
use crate::ports::provider_calls::{Accepted, OpenAccount, SendError};
use crate::ports::store::{StoreError, StoreResult, found};
use crate::queue_messages::{SendMessage, Slot};
use crate::sending::account::with_access;
use crate::sending::admission::slot::SlotWish;
use crate::sending::admission::{Applicant, Granted, Release, Wish, admit, slot_of_account};
use crate::sending::compose::{ComposeError, Saying, Thread, compose_mail, compose_sms, compose_whatsapp};
use crate::sending::one_off::context::{LEAD_MERGED, OneOff, put_next_look};
use crate::sending::one_off::record::{
    Claimed, record, refuse, requeue_untried, wait_for_evidence, withhold,
};
use crate::sending::ports::SendPorts;
use crate::sending::preflight::workspace_still_sends;
use crate::sending::provider_answer::answer_of;
use crate::sending::ready::{Ready, class_of};
use crate::sending::run::SendRun;
use crate::sending::sent::{CLAIM_LASTS, NoCall, STOPPED_WAIT, Sent, resumed_by};
use crate::sending::test_mail::test_mail;
use domain::capacity::admission::Admission;
use domain::capacity::follow_up_load::FollowUps;
use domain::contact::channel::Channel;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::message::failure_class::FailureClass;
use domain::message::reply_address::is_former;
use domain::message::whatsapp::takes_free_text;
use domain::message::{Direction, Message, MessageClaim, MessageState};
use domain::time::weekly_hours::Week;
use domain::workspace::account::Account;
use domain::workspace::tracking::Untracked;
use jiff::Timestamp;

/// `slot` came with the queue message of a bulk message.
pub(crate) async fn attempt(
    run: &mut SendRun<'_>,
    one_off: OneOff,
    account: OpenAccount,
    slot: Option<&Slot>,
) -> StoreResult<Sent> {
    send(run, one_off, account, slot).await.or_else(NoCall::into_sent)
}

async fn send(
    run: &mut SendRun<'_>,
    one_off: OneOff,
    account: OpenAccount,
    slot: Option<&Slot>,
) -> Result<Sent, NoCall> {
    let account = match with_access(run.ports, account).await? {
        Ok(account) => account,
        // A slot that it brought is missed: a repeat would give it back once more.
        Err(until) => return Err(put_next_look(run.ports, &one_off.message, until).await?.into()),
    };
    let ready = prepare(run, &one_off, &account, slot).await?;
    let granted = admitted(run, &one_off, &account, slot).await?;
    let (claimed, granted) = claim(run, one_off, account, &ready, granted).await?;
    let (mut claimed, granted) = preflight(run, claimed, granted).await?;
    let result = ready.send(run.ports, &claimed.account, &mut claimed.one_off.message).await;
    Ok(record_result(run, claimed, granted, result).await?)
}

/// Composes the message, or takes the request that an earlier attempt kept.
async fn prepare(
    run: &mut SendRun<'_>,
    one_off: &OneOff,
    account: &OpenAccount,
    slot: Option<&Slot>,
) -> Result<Ready, NoCall> {
    let (ports, message) = (run.ports, &one_off.message);
    if let Some(pause) = account.pause {
        let at = resumed_by(pause.until, STOPPED_WAIT, run.now());
        return Err(put_next_look(ports, message, at).await?.into());
    }
    if let Some(ready) = Ready::stored_request(message) {
        return Ok(ready);
    }
    match compose(ports, account, one_off).await {
        Ok(ready) => Ok(ready),
        Err(ComposeError::Store(error)) => Err(error.into()),
        Err(_) if one_off.is_uncertain() => {
            let class = class_of(ports, account, message.channel);
            Err(wait_for_evidence(ports, one_off, class).await?.into())
        }
        Err(error) => {
            let refused =
                refuse(ports, message.clone(), FailureClass::CannotRender, error.to_string()).await?;
            if refused == Sent::Done {
                let brought = Granted::brought_slot(slot_on_account(account, slot));
                brought.release(run, Release::NotCalled).await;
            }
            Err(refused.into())
        }
    }
}

/// The slot that came with the queue message, as far as it is this account's.
fn slot_on_account(account: &OpenAccount, slot: Option<&Slot>) -> Option<(Account, Slot)> {
    slot_of_account(std::slice::from_ref(&account.account), slot)
}

/// Asks for admission. A bulk message that has to wait is looked at again when it may go out to its lead, and so is one
/// that a user wrote to one lead and that finds its account at its limit.
async fn admitted(
    run: &mut SendRun<'_>,
    one_off: &OneOff,
    opened: &OpenAccount,
    slot: Option<&Slot>,
) -> Result<Granted, NoCall> {
    let OneOff { message, .. } = one_off;
    let account = &opened.account;
    let takes_slot = one_off.is_bulk() && !one_off.is_uncertain();
    let open_from = |from| one_off.next_open_time(account, from);
    let follow_ups = FollowUps::none(account.hours.as_ref().map_or(Week::ALWAYS, |hours| hours.week()));
    let in_slot = |slot: Slot| {
        let (workspace, id, due) = (message.workspace.clone(), message.id.clone(), slot.at);
        SendMessage::OneOff { workspace, message: id, due, slot: Some(slot) }
    };
    let wish = || Wish {
        slot: SlotWish { opening: false, follow_ups: &follow_ups },
        recipient: one_off.recipient(&open_from),
        in_slot: &in_slot,
    };
    let applicant = Applicant {
        message: &message.id,
        account,
        brought: slot_on_account(opened, slot),
        wish: takes_slot.then(wish),
    };
    let mut granted = match admit(run, applicant).await? {
        Admission::Granted(granted) => granted,
        Admission::NotBefore { at, .. } => {
            // A slot that it brought is missed: a repeat would give it back once more.
            let at = if takes_slot { open_from(at) } else { at };
            return Err(put_next_look(run.ports, message, at).await?.into());
        }
    };
    if let (Some(limits), false, false) = (&account.limits, one_off.is_bulk(), one_off.is_uncertain()) {
        let opens = open_from(run.now());
        if opens > run.now() && has_waited(message, run.now()) {
            granted.release(run, Release::ComesAgain).await;
            return Err(put_next_look(run.ports, message, opens).await?.into());
        }
        match note_sent(&*run.ports.quotas, &*run.ports.clock, (account, limits)).await? {
            None => granted.counted = Some((account.clone(), run.now())),
            // It goes to ourselves.
            Some(_) if message.test => {}
            Some(until) => {
                granted.release(run, Release::ComesAgain).await;
                return Err(wait_for_limit(run.ports, one_off, open_from(until)).await?.into());
            }
        }
    }
    Ok(granted)
}

/// Whether the message has waited, as for its account's next day. It then goes out in its lead's and its account's hours,
/// while one that a user has just written goes out at once.
fn has_waited(message: &Message, now: Timestamp) -> bool {
    let due = message.planned_for.unwrap_or(message.created_at);
    now.duration_since(due) >= STOPPED_WAIT && !message.test
}

/// Lets a message that a user wrote to one lead wait until its account may send again, or a user raises the account's limit:
/// it is looked at as after a pause. Its author is told.
async fn wait_for_limit(ports: &SendPorts, one_off: &OneOff, at: Timestamp) -> StoreResult<Sent> {
    let local = at.to_zoned(one_off.workspace.default_zone.zone()).strftime("%a %-d %b %H:%M %Z").to_string();
    let detail = format!(
        "waits: the account that it leaves from has sent as much as it may for now. It goes out from {local} on. \
         Cancel it to write from another"
    );
    let told = AuthorNotice::Waits { class: FailureClass::NotAllowed, detail: &detail };
    let now = ports.clock.now();
    notify_author(&*ports.notifications, &one_off.message, told, now).await?;
    put_next_look(ports, &one_off.message, resumed_by(Some(at), STOPPED_WAIT, now)).await
}

/// Claims the message: while the claim lasts other functions leave it alone, and afterwards they find it uncertain.
async fn claim(
    run: &mut SendRun<'_>,
    mut one_off: OneOff,
    account: OpenAccount,
    ready: &Ready,
    granted: Granted,
) -> Result<(Claimed, Granted), NoCall> {
    let (ports, now) = (run.ports, run.now());
    let class = class_of(ports, &account, one_off.message.channel);
    let again = one_off.is_uncertain();
    let message = &mut one_off.message;
    let last_repeat = message.repeated_at;
    ready.describe(message, &account, class);
    if class.key.is_some() {
        ready.store_request(message);
    }
    if again {
        message.repeated_at = Some(now);
    } else {
        message.created_at = now;
    }
    message.state = MessageState::Uncertain;
    message.attempts = message.attempts.saturating_add(1);
    message.retry_at = None;
    let until = now.checked_add(CLAIM_LASTS).unwrap_or(Timestamp::MAX);
    let token = ports.ids.next().to_string();
    message.claim = Some(MessageClaim { token: token.clone(), until });
    match ports.messages.save(message, &Event::system(EventKind::MessageClaimed, now)).await {
        Ok(rev) => message.rev = rev,
        Err(error) => match (found(ports.messages.get(&message.workspace, &message.id).await)?, error) {
            // Our own write, with the answer lost.
            (Some(stored), _) if stored.claim == message.claim && stored.state == message.state => {
                message.rev = stored.rev;
            }
            // Recalled, reconciled, or claimed by another function: the next look tells.
            (_, StoreError::Conflict) => {
                granted.release(run, Release::Overtaken).await;
                return Err(Sent::changed_meanwhile().into());
            }
            (_, other) => return Err(other.into()),
        },
    }
    let probe = granted.probe;
    Ok((Claimed { one_off, token, account, class, probe, again, last_repeat }, granted))
}

/// Looks once more at what may have changed before the claim. If something has, no call is made.
async fn preflight(
    run: &mut SendRun<'_>,
    mut claimed: Claimed,
    granted: Granted,
) -> Result<(Claimed, Granted), NoCall> {
    let one_off = &mut claimed.one_off;
    let barred = one_off.barred_by_now(run.ports).await;
    let sends = workspace_still_sends(run, &one_off.workspace, one_off.read_at).await;
    let keeps_hours = one_off.is_bulk() && !claimed.again;
    let why = match (sends, barred) {
        (Ok(_), Ok(None)) if one_off.has_moved() => Ok("address_changed"),
        (Ok(_), Ok(None)) if keeps_hours && !one_off.hours(&claimed.account.account).is_open(run.now()) => {
            Ok("outside_hours")
        }
        (Ok(true), Ok(None)) => return Ok((claimed, granted)),
        (Ok(false), Ok(None)) => Ok("sending_stopped"),
        (_, Ok(Some(why))) if !claimed.again && why != LEAD_MERGED => {
            let withheld = withhold(run.ports, claimed, why).await;
            let is_over = matches!(withheld, Ok(Sent::Done));
            granted.release(run, if is_over { Release::NotCalled } else { Release::ComesAgain }).await;
            return Err(withheld?.into());
        }
        // What became of the earlier attempt is still uncertain, or the lead's file is read once more.
        (_, Ok(Some(why))) => Ok(why),
        (Err(unread), _) | (_, Err(unread)) => Err(unread),
    };
    claimed.one_off.message.repeated_at = claimed.last_repeat;
    requeue_untried(run.ports, &mut claimed, why.as_ref().unwrap_or(&"not_read")).await?;
    granted.release(run, Release::ComesAgain).await;
    Err(why.map(|_| Sent::permits_ran_out())?.into())
}

/// Records the result. What was granted and not used is given back once that is written.
async fn record_result(
    run: &mut SendRun<'_>,
    claimed: Claimed,
    granted: Granted,
    result: Result<Accepted, SendError>,
) -> StoreResult<Sent> {
    let answer = result.as_ref().err().map(answer_of);
    let recorded = record(run, claimed, result).await?;
    if let Some(answer) = answer {
        granted.release(run, Release::Answered(answer)).await;
    }
    Ok(recorded)
}

async fn compose(ports: &SendPorts, account: &OpenAccount, one_off: &OneOff) -> Result<Ready, ComposeError> {
    let OneOff { workspace, file, message, .. } = one_off;
    let by = (file, message.author.as_ref());
    match message.channel {
        Channel::Email if message.test => {
            Ok(Ready::Mail(Box::new(test_mail(ports, workspace, account, file, message)?)))
        }
        Channel::Email => {
            let words = (message.subject.as_str(), message.text.as_str());
            let lead = one_off.recipient_lead();
            let thread = thread_of(one_off, &lead);
            let mail = compose_mail(
                ports,
                (workspace, Untracked::default()),
                account,
                (file, &lead),
                &message.id,
                words,
                &thread,
            )
            .await?;
            Ok(Ready::Mail(Box::new(mail)))
        }
        Channel::Whatsapp => {
            if !takes_free_text(&file.messages, &account.id, ports.clock.now()) {
                return Err(ComposeError::WindowClosed);
            }
            let saying = Saying::Freely(&message.text);
            let chat = compose_whatsapp(ports, workspace, account, by, &message.id, saying).await?;
            Ok(Ready::Whatsapp(Box::new(chat)))
        }
        Channel::Sms => {
            let sms = compose_sms(ports, workspace, account, by, &message.id, &message.text).await?;
            Ok(Ready::Sms(Box::new(sms)))
        }
    }
}

/// The thread that a reply continues: the mails with the lead, as far as they went to an address where it is reached now.
fn thread_of<'a>(OneOff { file, message, .. }: &'a OneOff, lead: &Lead) -> Thread<'a> {
    let in_thread = |other: &&Message| {
        let reached = match other.direction {
            Direction::In => !is_former(lead, &file.messages, &other.from),
            Direction::Out => other.accepted_at.is_some() && lead.is_reached_at(&other.to),
        };
        other.channel == Channel::Email
            && other.id != message.id
            && !other.test
            && other.internet_id.is_some()
            && reached
    };
    let messages: Vec<&Message> = file.messages.iter().filter(in_thread).collect();
    let is_answer = |other: &&&Message| other.direction == Direction::In && other.is_answer();
    let answered = messages.iter().rev().find(is_answer).copied().filter(|_| message.bulk_message.is_none());
    Thread { messages, topic: None, answered }
}
