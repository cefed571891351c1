//! Puts work into queues, and publishes events.

use crate::ports::store::{BoxError, StoreError, StoreResult};
use crate::queue_messages::{Queue, QueueMessage};
use async_trait::async_trait;
use domain::event::EventKind;

#[async_trait]
pub trait Outbox: Send + Sync {
    /// Queues all messages or returns an error; on an error some may have been accepted. `delay_seconds` ≤ 900.
    async fn send_raw(&self, queue: Queue, messages: Vec<Outgoing>) -> StoreResult<()>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub body: String,
    pub delay_seconds: u32,
    /// The workspace, so that none starves the others on a shared queue.
    pub group: Option<String>,
}

/// Queues typed messages: the message's type names its queue.
pub async fn send_all<M: QueueMessage>(
    outbox: &dyn Outbox,
    messages: &[M],
    delay_seconds: u32,
) -> StoreResult<()> {
    let mut outgoing = Vec::with_capacity(messages.len());
    for message in messages {
        let body = serde_json::to_string(message).map_err(|e| StoreError::Unavailable(Box::new(e)))?;
        let group = message.workspace().map(ToString::to_string);
        outgoing.push(Outgoing { body, delay_seconds, group });
    }
    outbox.send_raw(M::QUEUE, outgoing).await
}

#[async_trait]
pub trait EventBus: Send + Sync {
    /// Publishes events. They hold ids and codes only.
    async fn publish(&self, events: Vec<BusEvent>) -> Result<(), BoxError>;
}

#[derive(Debug, Clone, PartialEq)]
pub struct BusEvent {
    /// The kind of event: `message_accepted`, `lead_replied`, …
    pub kind: EventKind,
    pub detail: serde_json::Value,
}

/// Gives a message that is being handled back to its queue for later: back-off without sleeping in a function.
#[async_trait]
pub trait Redelivery: Send + Sync {
    /// Makes the delivery visible again later. `receipt` is its handle; `after_seconds` ≤ 43,200.
    async fn postpone(&self, queue: Queue, receipt: &str, after_seconds: u32) -> StoreResult<()>;
}
