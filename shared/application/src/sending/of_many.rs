//! What holds for a message that is one of many beside what holds for any: it waits for its account's turn and keeps the
//! workspace's caps, wakes nobody, waits for an account that somebody has to mend, and goes no more once all of them were cancelled.

use crate::campaign::quota_booking::give_back;
use crate::inbox::author_notice::{AuthorNotice, tell_author};
use crate::ports::outbox::send_all;
use crate::ports::store::{StoreError, StoreResult};
use crate::queue_messages::{SendMessage, Slot};
use crate::sending::memory::Memory;
use crate::sending::one_off::{OneOff, look_again};
use crate::sending::room::{Recipient, Room, Taking};
use crate::sending::turns::{Turn, turn_at};
use crate::sending::{SendPorts, Sent, seconds_until};
use domain::capacity::follow_up_load::FollowUps;
use domain::event::Event;
use domain::lead::zone::zone_of;
use domain::message::{Message, MessageState};
use domain::planning::planner::MAILBOX_WAIT;
use domain::planning::read_behaviour::last_message;
use domain::planning::send_window::Hours;
use domain::time::weekly_hours::Week;
use domain::workspace::account::Account;
use jiff::{SignedDuration, Timestamp};

/// Whoever has no hours at all may have some tomorrow.
const NEVER_OPEN_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// Of what somebody has to resume: seldom, since there are many of them, and each look costs.
pub(super) const RESUMED_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// Its slot, where the account has limits; else what becomes of it until it has one.
pub(super) async fn its_turn(
    ports: &SendPorts,
    memory: &mut Memory,
    one_off: &OneOff,
    account: &Account,
    slot: Option<&Slot>,
) -> StoreResult<Result<Option<Slot>, Sent>> {
    let (now, message) = (ports.clock.now(), &one_off.message);
    if let Some(until) = shut_until(ports, memory, one_off, account).await? {
        // Its slot is missed: a repeat would give it back once more.
        return look_again(ports, message, until).await.map(Err);
    }
    let week = account.hours.as_ref().map_or(Week::ALWAYS, |hours| hours.week());
    match turn_at(ports, &FollowUps::none(week), account, (false, slot)).await? {
        Turn::Now(slot) => Ok(Ok(slot)),
        Turn::At(slot) => {
            let delay = seconds_until(now, slot.at).min(900);
            let order = SendMessage::OneOff {
                workspace: message.workspace.clone(),
                message: message.id.clone(),
                due: slot.at,
                slot: Some(slot),
            };
            send_all(&*ports.outbox, &[order], delay).await?;
            Ok(Err(Sent::Done))
        }
        Turn::NotBefore(until) => look_again(ports, message, until).await.map(Err),
    }
}

/// Until when nothing goes out to this person whoever's turn it is. Asked before a slot is taken, which nothing would go out
/// in.
async fn shut_until(
    ports: &SendPorts,
    memory: &mut Memory,
    one_off: &OneOff,
    account: &Account,
) -> StoreResult<Option<Timestamp>> {
    let OneOff { workspace, file, message, .. } = one_off;
    let now = ports.clock.now();
    if let Some(pause) = account.pause {
        return Ok(Some(resumed_by(pause.until, RESUMED_WAIT, now)));
    }
    let opens = one_off.opens(account, now);
    if opens > now {
        return Ok(Some(opens));
    }
    let last = last_message(&file.messages, Some(&message.id));
    if let Some(free) = workspace.caps.free_from(last).filter(|free| *free > now) {
        return Ok(Some(one_off.opens(account, free)));
    }
    if let Some(until) = memory.gates.closed(ports, account, message.id.as_str()).await? {
        return Ok(Some(until));
    }
    let open_from = |from| one_off.opens(account, from);
    let full = one_off.recipient(&open_from).full_until(ports).await?;
    Ok(full.map(|(until, _)| until))
}

/// A place in the caps of the workspace, right before a claim; else what becomes of the message.
pub(super) async fn its_room(
    ports: &SendPorts,
    one_off: &OneOff,
    account: &Account,
) -> StoreResult<Result<Room, Sent>> {
    let open_from = |from| one_off.opens(account, from);
    match one_off.recipient(&open_from).take(ports, &one_off.message.id).await? {
        Taking::Taken(room) => Ok(Ok(room)),
        // Its slot is missed, as above.
        Taking::NotBefore(until, _) => {
            look_again(ports, &one_off.message, one_off.opens(account, until)).await.map(Err)
        }
    }
}

impl OneOff {
    /// In which it goes out by this account.
    pub fn hours<'a>(&self, account: &'a Account) -> Hours<'a> {
        let default = || self.workspace.default_zone.zone();
        let zone = zone_of(&self.file.lead).map_or_else(default, |fact| fact.zone.zone());
        Hours::of_message(self.message.channel, zone, account.hours.as_ref())
    }

    /// In the person's hours and the account's, at that moment or later.
    fn opens(&self, account: &Account, from: Timestamp) -> Timestamp {
        let hours = self.hours(account);
        let tomorrow = from.checked_add(NEVER_OPEN_WAIT).unwrap_or(from);
        if hours.is_open(from) { from } else { hours.next(from).unwrap_or(tomorrow) }
    }

    fn recipient<'a>(
        &'a self,
        open_from: &'a (dyn Fn(Timestamp) -> Timestamp + Send + Sync),
    ) -> Recipient<'a> {
        let (workspace, lead) = (&self.workspace, &self.file.lead);
        Recipient { workspace, lead, channel: self.message.channel, open_from }
    }
}

/// When to look again at what waits for somebody to resume: at the end that was said, or before, since they may do so sooner.
pub(super) fn resumed_by(end: Option<Timestamp>, wait: SignedDuration, now: Timestamp) -> Timestamp {
    let later = now.checked_add(wait).unwrap_or(now);
    end.map_or(later, |end| end.min(later)).max(now)
}

/// A slot that was taken and that nothing goes out in, given back by whose write that was. As far as it can be: what is
/// not given back is missed that day.
pub(super) async fn unused(ports: &SendPorts, account: &Account, slot: Option<&Slot>) {
    if let (Some(limits), Some(slot)) = (&account.limits, slot)
        && slot.sender == account.id
        && let Err(error) =
            give_back(&*ports.quotas, &*ports.clock, (account, limits), &[(slot.at, slot.opening)]).await
    {
        tracing::warn!(account.id = %account.id, %error, "a slot that nobody used was not given back");
    }
}

/// Its account does not work, and somebody may mend it: what one message would fail for all of them would.
pub(super) async fn wait_for_account(
    ports: &SendPorts,
    message: &Message,
    (class, detail): (&str, &str),
) -> StoreResult<Sent> {
    let now = ports.clock.now();
    tell_author(&*ports.notifications, message, AuthorNotice::Waits { class, detail }, now).await?;
    look_again(ports, message, now.checked_add(MAILBOX_WAIT).unwrap_or(now)).await
}

pub(super) async fn cancelled(ports: &SendPorts, mut message: Message) -> StoreResult<Sent> {
    message.state = if message.given_up { MessageState::Abandoned } else { MessageState::Cancelled };
    let event = Event::system("message_cancelled", ports.clock.now()).because("bulk_message_cancelled");
    match ports.messages.save(&message, &event).await {
        Ok(_) | Err(StoreError::Conflict) => Ok(Sent::Done),
        Err(other) => Err(other),
    }
}
