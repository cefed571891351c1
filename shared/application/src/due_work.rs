//! Every minute: what has come due goes to its queue; a hint is deleted only after the queue has accepted it.

use crate::clock::Clock;
use crate::due::{DueStore, DueWork, Hint};
use crate::outbox::{Outbox, Outgoing};
use crate::queue_messages::{IngestEvent, Queue, SendMessage};
use crate::store::{StoreError, StoreResult};
use jiff::Timestamp;

/// Packed items taken at a time, and rounds in one firing.
const PACKS: usize = 100;
const ROUNDS: usize = 50;

/// Answers how many pieces of work were handed over.
pub async fn enqueue_due(due: &dyn DueStore, outbox: &dyn Outbox, clock: &dyn Clock) -> StoreResult<usize> {
    let mut count = 0;
    for _ in 0..ROUNDS {
        let now = clock.now();
        let packs = due.due(now, PACKS).await?;
        if packs.is_empty() {
            break;
        }
        let (mut sends, mut events) = (Vec::new(), Vec::new());
        for hint in packs.iter().flat_map(|pack| &pack.hints) {
            let (queue, outgoing) = order(hint, now)?;
            if queue == Queue::Send { sends.push(outgoing) } else { events.push(outgoing) }
        }
        count += sends.len() + events.len();
        if !sends.is_empty() {
            outbox.send_raw(Queue::Send, sends).await?;
        }
        if !events.is_empty() {
            outbox.send_raw(Queue::Inbound, events).await?;
        }
        due.delete(&packs).await?;
    }
    Ok(count)
}

fn order(hint: &Hint, now: Timestamp) -> StoreResult<(Queue, Outgoing)> {
    let (queue, body, workspace) = match &hint.what {
        DueWork::Step { enrolment, turn } => {
            let message = SendMessage::Step { enrolment: enrolment.clone(), turn: *turn, due: hint.at };
            (Queue::Send, serde_json::to_string(&message), &enrolment.workspace)
        }
        DueWork::OneOff { workspace, message } => {
            let order = SendMessage::OneOff { workspace: workspace.clone(), message: message.clone() };
            (Queue::Send, serde_json::to_string(&order), workspace)
        }
        DueWork::AssumeDelivered { workspace, message } => {
            let event =
                IngestEvent::AssumeDelivered { workspace: workspace.clone(), message: message.clone() };
            (Queue::Inbound, serde_json::to_string(&event), workspace)
        }
    };
    let body = body.map_err(|error| StoreError::Unavailable(Box::new(error)))?;
    // Rounded up, so that it is not delivered a moment early.
    let wait = hint.at.duration_since(now);
    let seconds = wait.as_secs() + i64::from(wait.subsec_nanos() > 0);
    let delay_seconds = u32::try_from(seconds.clamp(0, 900)).unwrap_or(0);
    Ok((queue, Outgoing { body, delay_seconds, group: Some(workspace.to_string()) }))
}
