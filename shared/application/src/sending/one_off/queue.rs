//! Queueing a one-off or bulk message. Its queue message, else a hint, finds it until nothing is left to find out.

use crate::ports::due::{DueStore, DueWork, Hint};
use crate::ports::messages::MessageStore;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{StoreResult, unless_taken};
use crate::queue_messages::SendMessage;
use crate::sending::sent::{LONGEST_DELAY_SECONDS, seconds_until};
use domain::event::{Actor, Event, EventKind};
use domain::message::Message;
use jiff::Timestamp;

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
    // No other message has this id: what is there is ours, of this request or one before it whose answer was lost.
    unless_taken(
        messages.create(message, &Event::new(EventKind::MessageQueued, actor, message.created_at)).await,
    )
}

pub(crate) fn one_off_order(message: &Message, due: Timestamp) -> SendMessage {
    SendMessage::OneOff { workspace: message.workspace.clone(), message: message.id.clone(), due, slot: None }
}

pub(crate) fn one_off_hint(message: &Message, at: Timestamp) -> Hint {
    let what = DueWork::OneOff { workspace: message.workspace.clone(), message: message.id.clone() };
    Hint { at, what }
}
