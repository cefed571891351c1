//! One message outside every sequence: written by a person, sent through the same ledger. Its queue message, else a hint,
//! is there until nothing is left to find out; a queue message is done with only when the hint after it is written.

use crate::campaign::quota_booking::{give_back, note_sent};
use crate::lead::suppression_lookup::scopes_of;
use crate::ports::due::{DueStore, DueWork, Hint};
use crate::ports::leads::LeadFile;
use crate::ports::messages::MessageStore;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::{StoreError, StoreResult, found, unless_taken};
use crate::queue_messages::{SendMessage, Slot};
use crate::sending::compose::{ComposeError, Saying, Thread, compose_mail, compose_sms, compose_whatsapp};
use crate::sending::gate::Entry;
use crate::sending::memory::Memory;
use crate::sending::moves::not_written;
use crate::sending::of_many::{
    RESUMED_WAIT, cancelled, its_room, its_turn, resumed_by, unused, wait_for_account,
};
use crate::sending::one_off_outcome::{Tried, arrived, put_back_untried, record, refuse, withhold};
use crate::sending::one_off_settle::{settle, wait_for_evidence};
use crate::sending::permit;
use crate::sending::provider_answer::answer_of;
use crate::sending::ready::{Ready, class_of};
use crate::sending::room::Room;
use crate::sending::test_mail::test_mail;
use crate::sending::uncertain::close_questions;
use crate::sending::{CLAIM_LASTS, STOPPED_WAIT, SendPorts, Sent, seconds_until, sending_account};
use domain::contact::channel::Channel;
use domain::event::{Actor, Event};
use domain::lead::do_not_contact::silence;
use domain::lead::suppression::SuppressionScope;
use domain::message::send_policy::SendAnswer;
use domain::message::whatsapp::takes_free_text;
use domain::message::{Direction, Message, MessageClaim, MessageState};
use domain::workspace::{Sending, Workspace};
use domain::{MessageId, WorkspaceId};
use jiff::Timestamp;

/// What a queue can hold back; a hint does the rest.
const LONGEST_DELAY_SECONDS: u32 = 900;
/// Who writes the message at this moment is done soon.
pub(super) const OVERTAKEN_SECONDS: u32 = 5;

/// A message, and what is looked at before it goes out.
pub(super) struct OneOff {
    pub workspace: Workspace,
    /// When the workspace was read.
    pub read_at: Timestamp,
    pub file: LeadFile,
    pub message: Message,
}

/// The order to send one.
pub(super) struct Order<'a> {
    pub workspace: &'a WorkspaceId,
    pub id: &'a MessageId,
    pub due: Timestamp,
    /// Taken for it already, where it is one of many.
    pub slot: Option<&'a Slot>,
}

/// Stores a message as queued. What finds it is written first. `message.state` must be `Queued`.
pub async fn queue_one_off(
    (messages, due, outbox): (&dyn MessageStore, &dyn DueStore, &dyn Outbox),
    message: &Message,
    actor: Actor,
) -> StoreResult<()> {
    let at = message.planned_for.unwrap_or(message.created_at);
    let delay_seconds = if at > message.created_at { seconds_until(message.created_at, at) } else { 0 };
    if delay_seconds <= LONGEST_DELAY_SECONDS {
        send_all(outbox, &[one_off_order(message, at)], delay_seconds).await?;
    } else {
        due.put(&[one_off_hint(message, at)]).await?;
    }
    // Nobody else has this id: what is there is ours, of this attempt or one before it, and the answer was lost.
    unless_taken(messages.create(message, &Event::new("message_queued", actor, message.created_at)).await)
}

pub(crate) fn one_off_order(message: &Message, due: Timestamp) -> SendMessage {
    SendMessage::OneOff { workspace: message.workspace.clone(), message: message.id.clone(), due, slot: None }
}

pub(crate) fn one_off_hint(message: &Message, at: Timestamp) -> Hint {
    let what = DueWork::OneOff { workspace: message.workspace.clone(), message: message.id.clone() };
    Hint { at, what }
}

/// A hint finds the message again, however often that is.
pub(super) async fn look_again(ports: &SendPorts, message: &Message, at: Timestamp) -> StoreResult<Sent> {
    ports.due.put(&[one_off_hint(message, at)]).await?;
    Ok(Sent::Done)
}

/// A queue message that comes twice does not make it come sooner, and goes on with it if who put it off has died.
async fn not_yet(
    ports: &SendPorts,
    message: &Message,
    (now, at): (Timestamp, Timestamp),
) -> StoreResult<Sent> {
    match seconds_until(now, at) {
        soon @ ..=LONGEST_DELAY_SECONDS => Ok(Sent::Later(soon, "not to be tried again yet".to_owned())),
        _ => look_again(ports, message, at).await,
    }
}

pub(super) async fn send_one_off(
    ports: &SendPorts,
    memory: &mut Memory,
    Order { workspace, id, due, slot }: Order<'_>,
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    if due > now {
        return Ok(Sent::Later(seconds_until(now, due), "not due yet".to_owned()));
    }
    let Some(message) = found(ports.messages.get(workspace, id).await)? else {
        return Ok(not_written(due, now));
    };
    if let Some(claim) = message.claim.as_ref().filter(|claim| claim.until > now) {
        return Ok(Sent::Later(seconds_until(now, claim.until), "another attempt is at it".to_owned()));
    }
    if let Some(at) = message.retry_at.filter(|at| *at > now) {
        return not_yet(ports, &message, (now, at)).await;
    }
    let Some(file) = found(ports.leads.file(workspace, &id.lead()).await)? else { return Ok(Sent::Done) };
    // What is asked by now is asked about another attempt.
    if file.messages.iter().any(|there| there.id == message.id && there.rev != message.rev) {
        return Ok(Sent::Later(OVERTAKEN_SECONDS, "it was changed meanwhile".to_owned()));
    }
    match (message.state, message.accepted_at) {
        (MessageState::Uncertain, _) => {}
        // Who was thought to have broken off was still at it, and has told that nothing went out.
        (MessageState::Queued, _) => close_questions(&*ports.tasks, &file.tasks, &message, now).await?,
        // Who wrote that down may have broken off right then.
        (_, Some(at)) => {
            close_questions(&*ports.tasks, &file.tasks, &message, now).await?;
            arrived(ports, &file.lead, &message, at).await?;
            return Ok(Sent::Done);
        }
        // So it is where they have told that it was refused.
        (state, None) => {
            if state > MessageState::Abandoned {
                close_questions(&*ports.tasks, &file.tasks, &message, now).await?;
            }
            return Ok(Sent::Done);
        }
    }
    let one_off = OneOff { workspace: ports.workspaces.get(workspace).await?, read_at: now, file, message };
    if one_off.message.state == MessageState::Uncertain {
        return settle(ports, memory, one_off).await;
    }
    if let Some(at) = one_off.message.planned_for.filter(|at| *at > now) {
        return look_again(ports, &one_off.message, at).await;
    }
    if one_off.is_called_off(ports, memory).await? {
        return cancelled(ports, one_off.message).await;
    }
    let is_of_many = one_off.message.bulk_message.is_some();
    if let Sending::Stopped { until, .. } = one_off.workspace.sending {
        let wait = if is_of_many { RESUMED_WAIT } else { STOPPED_WAIT };
        return look_again(ports, &one_off.message, resumed_by(until, wait, now)).await;
    }
    if let Some(why) = one_off.barred(ports, now).await? {
        return refuse(ports, one_off.message, ("not_allowed", why.to_owned())).await;
    }
    let (channel, chosen) = (one_off.message.channel, one_off.message.account.as_ref());
    let Some(account) = sending_account(ports, workspace, channel, chosen).await? else {
        let (class, detail) = ("no_account", "no account can send this");
        // Somebody may switch on or mend what is there.
        let is_there = match chosen {
            Some(id) => found(ports.accounts.get(workspace, id).await)?.is_some(),
            None => true,
        };
        return match is_of_many && is_there {
            true => wait_for_account(ports, &one_off.message, (class, detail)).await,
            false => refuse(ports, one_off.message, (class, detail.to_owned())).await,
        };
    };
    let slot = match is_of_many {
        true => match its_turn(ports, memory, &one_off, &account, slot).await? {
            Ok(slot) => slot,
            Err(waits) => return Ok(waits),
        },
        false => None,
    };
    attempt(ports, memory, one_off, (account, slot)).await
}

impl OneOff {
    pub fn sending_is_stopped(&self) -> bool {
        matches!(self.workspace.sending, Sending::Stopped { .. })
    }

    /// It is one of many that somebody cancelled.
    pub async fn is_called_off(&self, ports: &SendPorts, memory: &mut Memory) -> StoreResult<bool> {
        match &self.message.bulk_message {
            Some(bulk_message) => memory.is_cancelled(ports, &self.workspace.id, bulk_message).await,
            None => Ok(false),
        }
    }

    /// As `barred`, of what is stored at this moment.
    async fn barred_by_now(&mut self, ports: &SendPorts) -> StoreResult<Option<&'static str>> {
        if self.message.test {
            return Ok(None);
        }
        let Some(lead) = found(ports.leads.get(&self.workspace.id, &self.message.id.lead()).await)? else {
            return Ok(Some("no_such_lead"));
        };
        self.file.lead = lead;
        self.barred(ports, ports.clock.now()).await
    }

    /// The lead is reached elsewhere by now.
    fn has_moved(&self) -> bool {
        !self.message.test && !self.file.lead.is_reached_at(&self.message.to)
    }

    /// Why nothing may go to this lead any more.
    pub async fn barred(&self, ports: &SendPorts, now: Timestamp) -> StoreResult<Option<&'static str>> {
        let lead = &self.file.lead;
        if self.message.test {
            return Ok(None);
        }
        let mut scopes = scopes_of(lead);
        if self.message.state == MessageState::Uncertain {
            // Made again, it goes to where the first attempt went.
            let first = SuppressionScope::of_recipient(self.message.channel, &self.message.to);
            scopes.extend(first.filter(|first| !scopes.contains(first)));
        }
        let listed = ports.suppressions.find(&self.workspace.id, &scopes).await?;
        let silence = silence(lead, self.message.channel, (&listed, &self.workspace.endings), now);
        Ok(silence.map(|silence| silence.as_str()))
    }
}

/// One call: for the first time, in the slot that was taken for it, or again under the key of an attempt of which nobody knows.
pub(super) async fn attempt(
    ports: &SendPorts,
    memory: &mut Memory,
    mut one_off: OneOff,
    (account, slot): (OpenAccount, Option<Slot>),
) -> StoreResult<Sent> {
    let class = class_of(ports, &account, one_off.message.channel);
    let again = one_off.message.state == MessageState::Uncertain;
    let (ready, probe) = match prepare(ports, memory, &one_off, (&account, slot.as_ref())).await? {
        Ok(prepared) => prepared,
        // A slot that was taken is missed: a repeat would give it back once more.
        Err(instead) => return Ok(instead),
    };
    // What may have gone out already has had its turn, and one of many has waited for it.
    let is_of_many = one_off.message.bulk_message.is_some();
    let turn_taken = again || is_of_many;
    let mut noted = None;
    if let (Some(limits), false) = (&account.limits, turn_taken) {
        note_sent(&*ports.quotas, &*ports.clock, (&account, limits)).await?;
        noted = Some((account.account.clone(), limits.clone(), ports.clock.now()));
    }
    // So it has its room.
    let room = match is_of_many && !again {
        true => match its_room(ports, &one_off, &account).await? {
            Ok(room) => room,
            Err(waits) => return Ok(waits),
        },
        false => Room::default(),
    };
    // The claim: whoever comes while it lasts leaves it alone, and afterwards finds what nobody knows.
    let now = ports.clock.now();
    let message = &mut one_off.message;
    let last_repeat = message.repeated_at;
    ready.describe(message, &account, class);
    if class.key.is_some() {
        ready.keep_in(message);
    }
    if again {
        message.repeated_at = Some(now);
    } else {
        message.created_at = now;
    }
    message.state = MessageState::Uncertain;
    message.attempts = message.attempts.saturating_add(1);
    let until = now.checked_add(CLAIM_LASTS).unwrap_or(Timestamp::MAX);
    message.retry_at = None;
    let token = ports.ids.next().to_string();
    message.claim = Some(MessageClaim { token: token.clone(), until });
    match ports.messages.save(message, &Event::system("message_claimed", now)).await {
        Ok(rev) => message.rev = rev,
        Err(error) => match (found(ports.messages.get(&message.workspace, &message.id).await)?, error) {
            // By ourselves, the answer lost.
            (Some(stored), _) if stored.claim == message.claim && stored.state == message.state => {
                message.rev = stored.rev;
            }
            // Called back, settled, or claimed by somebody else: the next look tells.
            (_, StoreError::Conflict) => {
                room.without_the_person().give_back(ports).await;
                return Ok(Sent::Later(OVERTAKEN_SECONDS, "it was changed meanwhile".to_owned()));
            }
            (_, other) => return Err(other),
        },
    }
    // What was read before the claim may be old by now.
    let barred = one_off.barred_by_now(ports).await;
    let open = permit::workspace_still_sends(ports, memory, (&one_off.workspace, one_off.read_at)).await;
    let changed = match () {
        () if one_off.has_moved() => Some("address_changed"),
        // What a person writes to one lead keeps to none, and what may have gone out already has kept to its own.
        () if is_of_many && !again && !one_off.hours(&account).is_open(ports.clock.now()) => {
            Some("outside_hours")
        }
        () => None,
    };
    let mut tried = Tried { one_off, token, account, class, probe, again };
    let came_to = match (open, barred) {
        (Ok(_), Ok(None)) if let Some(why) = changed => {
            not_tried(ports, &mut tried, last_repeat, why).await?;
            Ok(permit::ran_out())
        }
        (Ok(true), Ok(None)) => {
            let result = ready.send(ports, &tried.account).await;
            let answer = result.as_ref().err().map(answer_of);
            let refused = answer.is_some_and(SendAnswer::frees_slot);
            let recorded = record(ports, memory, tried, result).await;
            // Nothing was handed over: the place in the day is another's.
            if let Some((account, limits, at)) = noted.filter(|_| refused && recorded.is_ok())
                && let Err(error) =
                    give_back(&*ports.quotas, &*ports.clock, (&account, &limits), &[(at, false)]).await
            {
                tracing::warn!(account.id = %account.id, %error, "a place that nobody used was not given back");
            }
            // Only once that is written, as for a step.
            if recorded.is_ok() && answer.is_some_and(SendAnswer::frees_caps) {
                room.give_back(ports).await;
            }
            return recorded;
        }
        (Ok(false), Ok(None)) => {
            not_tried(ports, &mut tried, last_repeat, "sending_stopped").await?;
            Ok(permit::ran_out())
        }
        // Of the earlier attempt still nobody knows.
        (_, Ok(Some(why))) if again => {
            not_tried(ports, &mut tried, last_repeat, why).await?;
            Ok(permit::ran_out())
        }
        (_, Ok(Some(why))) => {
            unused(ports, &tried.account.account, slot.as_ref()).await;
            let withheld = withhold(ports, tried, why).await;
            room.give_back(ports).await;
            return withheld;
        }
        (Err(unread), _) | (_, Err(unread)) => {
            not_tried(ports, &mut tried, last_repeat, "not_read").await?;
            Err(unread)
        }
    };
    unused(ports, &tried.account.account, slot.as_ref()).await;
    room.give_back(ports).await;
    came_to
}

/// Claimed, and no call made: when it was made again last is as it was.
async fn not_tried(
    ports: &SendPorts,
    tried: &mut Tried,
    last_repeat: Option<Timestamp>,
    why: &str,
) -> StoreResult<()> {
    tried.one_off.message.repeated_at = last_repeat;
    put_back_untried(ports, tried, why).await
}

/// What goes out, and whether everybody else waits for what comes of it; or what becomes of the message instead.
async fn prepare(
    ports: &SendPorts,
    memory: &mut Memory,
    one_off: &OneOff,
    (account, slot): (&OpenAccount, Option<&Slot>),
) -> StoreResult<Result<(Ready, bool), Sent>> {
    let (now, message) = (ports.clock.now(), &one_off.message);
    let who = message.id.as_str();
    if let Some(pause) = account.pause {
        return look_again(ports, message, resumed_by(pause.until, STOPPED_WAIT, now)).await.map(Err);
    }
    if let Some(until) = memory.gates.closed(ports, &account, who).await? {
        return look_again(ports, message, until).await.map(Err);
    }
    let composed = match Ready::kept_in(message) {
        Some(ready) => Ok(ready),
        None => compose(ports, account, one_off).await,
    };
    let ready = match composed {
        Ok(ready) => ready,
        Err(ComposeError::Store(error)) => return Err(error),
        Err(_) if message.state == MessageState::Uncertain => {
            let class = class_of(ports, account, message.channel);
            return wait_for_evidence(ports, one_off, class).await.map(Err);
        }
        Err(error) => {
            let why = ("cannot_render", error.to_string());
            let refused = refuse(ports, message.clone(), why).await?;
            if refused == Sent::Done {
                unused(ports, &account, slot).await;
            }
            return Ok(Err(refused));
        }
    };
    match memory.gates.enter(ports, &account, who).await? {
        Entry::Go { probe } => Ok(Ok((ready, probe))),
        Entry::Wait { until } => look_again(ports, message, until).await.map(Err),
    }
}

async fn compose(ports: &SendPorts, account: &OpenAccount, one_off: &OneOff) -> Result<Ready, ComposeError> {
    let OneOff { workspace, file, message, .. } = one_off;
    match message.channel {
        Channel::Email if message.test => {
            Ok(Ready::Mail(Box::new(test_mail(ports, workspace, account, file, message)?)))
        }
        Channel::Email => {
            // An answer continues the thread it answers, with those who were in it.
            let is_former = |address: &str| {
                let was_theirs = |out: &Message| out.direction == Direction::Out && out.to == address;
                !file.lead.is_reached_at(address) && file.messages.iter().any(was_theirs)
            };
            let in_thread = |other: &&Message| {
                let there = match other.direction {
                    Direction::In => !is_former(&other.from),
                    Direction::Out => other.accepted_at.is_some() && file.lead.is_reached_at(&other.to),
                };
                other.channel == Channel::Email
                    && other.id != message.id
                    && !other.test
                    && other.internet_id.is_some()
                    && there
            };
            let messages = file.messages.iter().filter(in_thread).collect();
            let thread = Thread { messages, topic: None };
            let words = (message.subject.as_str(), message.text.as_str());
            let mail = compose_mail(ports, workspace, account, file, &message.id, words, &thread).await?;
            Ok(Ready::Mail(Box::new(mail)))
        }
        Channel::Whatsapp => {
            if !takes_free_text(&file.messages, &account.id, ports.clock.now()) {
                return Err(ComposeError::WindowClosed);
            }
            let saying = Saying::Freely(&message.text);
            let chat = compose_whatsapp(ports, workspace, account, file, &message.id, saying).await?;
            Ok(Ready::Whatsapp(Box::new(chat)))
        }
        Channel::Sms => {
            let sms = compose_sms(ports, workspace, account, file, &message.id, &message.text).await?;
            Ok(Ready::Sms(Box::new(sms)))
        }
    }
}
