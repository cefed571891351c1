//! What holds for a message that is one of many beside what holds for any: it waits for its account's turn inside the caps,
//! and goes no more once all of them were cancelled.

use super::one_off::look_again;
use super::turns::{Turn, turn_at};
use super::{SendPorts, Sent, seconds_until};
use crate::outbox::send_all;
use crate::queue_messages::{SendMessage, Slot};
use crate::store::{StoreError, StoreResult};
use domain::connection::Connection;
use domain::days_off::DaysOff;
use domain::event::Event;
use domain::message::{Message, MessageState};
use domain::opening::Opening;
use domain::window::Week;
use jiff::SignedDuration;

/// Whoever has no hours at all may have some tomorrow.
const NEVER_OPEN_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// Of an account that somebody has to resume.
const PAUSED_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// `None`: now.
pub(super) async fn its_turn(
    ports: &SendPorts,
    message: &Message,
    connection: &Connection,
    slot: Option<&Slot>,
) -> StoreResult<Option<Sent>> {
    let now = ports.clock.now();
    if let Some(pause) = connection.pause {
        let later = now.checked_add(PAUSED_WAIT).unwrap_or(now);
        return look_again(ports, message, pause.until.unwrap_or(later).max(now)).await.map(Some);
    }
    let week = connection.hours.as_ref().map_or(Week::ALWAYS, |hours| hours.week());
    if let Some(hours) = &connection.hours {
        let opening = Opening { week, zone: hours.zone.zone(), days_off: DaysOff::NONE };
        if !opening.is_open(now) {
            let tomorrow = now.checked_add(NEVER_OPEN_WAIT).unwrap_or(now);
            return look_again(ports, message, opening.next(now).unwrap_or(tomorrow)).await.map(Some);
        }
    }
    match turn_at(ports, week, connection, (false, slot)).await? {
        Turn::Now(_) => Ok(None),
        Turn::At(slot) => {
            let delay = seconds_until(now, slot.at).min(900);
            let order = SendMessage::OneOff {
                workspace: message.workspace.clone(),
                message: message.id.clone(),
                due: slot.at,
                slot: Some(slot),
            };
            send_all(&*ports.outbox, &[order], delay).await?;
            Ok(Some(Sent::Done))
        }
        Turn::NotBefore(until) => look_again(ports, message, until).await.map(Some),
    }
}

pub(super) async fn cancelled(ports: &SendPorts, mut message: Message) -> StoreResult<Sent> {
    message.state = MessageState::Cancelled;
    let event = Event::system("message_cancelled", ports.clock.now()).because("mailing_cancelled");
    match ports.messages.save(&message, &event).await {
        Ok(_) | Err(StoreError::Conflict) => Ok(Sent::Done),
        Err(other) => Err(other),
    }
}
