//! The queues in process, for the local counterpart of Lambda's event source mapping: without JSON, and with
//! a look ahead in time.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::params;

use super::checksum::MessageAttribute;
use super::delete::delete_one;
use super::receive::read_handle;
use super::redrive::set_aside;
use super::visibility::change_one;
use super::{Queues, millis};
use crate::ledger::Caller;
use crate::purpose;
use crate::wire::{Service, ServiceError};

/// The principal that Lambda's poller has in the ledger.
const POLLER: &str = "event_source_mapping";

/// The attribute in which a message carries the chain of invocations that it belongs to.
pub const TRACE_HEADER: &str = "AWSTraceHeader";

/// The attribute that names who a message of a fair queue belongs to.
pub const MESSAGE_GROUP: &str = "MessageGroupId";

/// A delivered message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMessage {
    pub message_id: String,
    pub receipt_handle: String,
    pub body: String,
    pub md5_of_body: String,
    /// `ApproximateReceiveCount`, `SentTimestamp`, `SenderId`, `ApproximateFirstReceiveTimestamp`,
    /// `AWSTraceHeader` if a function sent it, `MessageGroupId` if it has a group, and `DeadLetterQueueSourceArn` for a dead letter.
    pub attributes: BTreeMap<String, String>,
    pub message_attributes: BTreeMap<String, MessageAttribute>,
}

impl ReceivedMessage {
    /// How often the message was delivered, this time included.
    pub fn receive_count(&self) -> u32 {
        self.attributes.get("ApproximateReceiveCount").and_then(|n| n.parse().ok()).unwrap_or(1)
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueDepth {
    pub visible: u64,
    pub in_flight: u64,
    pub delayed: u64,
    pub age_of_oldest: Option<Duration>,
}

impl QueueDepth {
    pub fn total(&self) -> u64 {
        self.visible + self.in_flight + self.delayed
    }
}

impl Queues {
    /// Takes up to `max` visible messages, hidden for `visibility` or the queue's own timeout. A message
    /// received too often goes to the dead-letter queue instead.
    pub fn receive(
        &self,
        queue: &str,
        max: usize,
        visibility: Option<Duration>,
    ) -> Result<Vec<ReceivedMessage>, ServiceError> {
        let mut store = self.store();
        let queue = store.queue(queue)?;
        let hidden_ms = visibility.map_or(queue.visibility_seconds() * 1_000, whole_millis);
        let max = i64::try_from(max).map_err(ServiceError::internal)?;
        let received = store.take(&queue, self.clock.now(), max, hidden_ms)?;
        if !received.is_empty() {
            let bytes = received.iter().map(|message| message.body.len() as u64).sum::<u64>();
            self.bill("ReceiveMessage", &queue.name, received.len(), bytes);
        }
        Ok(received)
    }

    /// Puts a message in as a sender outside all functions.
    pub fn send(&self, queue: &str, body: &str) -> Result<(), ServiceError> {
        let request = serde_json::json!({ "QueueUrl": crate::names::queue_url(queue), "MessageBody": body });
        self.execute("SendMessage", request.to_string().as_bytes(), None).answer.map(drop)
    }

    /// Deletes deliveries in one transaction.
    pub fn delete(&self, queue: &str, receipt_handles: &[&str]) -> Result<(), ServiceError> {
        let mut store = self.store();
        let queue = store.queue(queue)?;
        let transaction = store.db.transaction()?;
        receipt_handles.iter().try_for_each(|handle| delete_one(&transaction, &queue, handle))?;
        transaction.commit()?;
        self.bill("DeleteMessageBatch", &queue.name, receipt_handles.len(), 0);
        Ok(())
    }

    /// Moves deliveries to the dead letters of their queue, as Lambda does with messages that it will not
    /// hand to a function; without a dead-letter queue they are deleted.
    pub fn set_aside(&self, queue: &str, receipt_handles: &[&str]) -> Result<(), ServiceError> {
        let mut store = self.store();
        let queue = store.queue(queue)?;
        let dead_letters = store.dead_letters_of(&queue);
        let now_ms = millis(self.clock.now());
        let transaction = store.db.transaction()?;
        for handle in receipt_handles {
            match dead_letters {
                Some(dead_letters) => {
                    let (seq, _) = read_handle(&queue, handle)?;
                    set_aside(&transaction, seq, dead_letters, &queue, now_ms)?;
                }
                None => delete_one(&transaction, &queue, handle)?,
            }
        }
        transaction.commit()?;
        Ok(())
    }

    pub fn change_visibility(
        &self,
        queue: &str,
        receipt_handle: &str,
        visibility: Duration,
    ) -> Result<(), ServiceError> {
        let store = self.store();
        let queue = store.queue(queue)?;
        let seconds = whole_millis(visibility) / 1_000;
        change_one(&store.db, &queue, self.clock.now(), receipt_handle, seconds)?;
        self.bill("ChangeMessageVisibility", &queue.name, 1, 0);
        Ok(())
    }

    /// Bills a delivery: ten messages and 64 KB are one request. Polls that find nothing belong to the idle
    /// cost.
    fn bill(&self, operation: &str, queue: &str, messages: usize, bytes: u64) {
        let caller =
            Caller { principal: POLLER, service: Service::Sqs, operation, purpose: purpose::current() };
        let requests = (messages as u64).div_ceil(10).max(bytes.div_ceil(65_536)).max(1);
        self.ledger.count(&caller, queue, requests, bytes);
    }

    /// The time at which a message of one of these queues is (or was) next visible: a scheduler jumps there.
    pub fn next_visible_at(&self, queues: &[&str]) -> Result<Option<Timestamp>, ServiceError> {
        let store = self.store();
        let mut earliest: Option<i64> = None;
        for name in queues {
            let Ok(queue) = store.queue(name) else { continue };
            let next: Option<i64> = store
                .db
                .prepare_cached("SELECT MIN(visible_ms) FROM messages WHERE queue = ?1")?
                .query_row(params![queue.id], |row| row.get(0))?;
            earliest = [earliest, next].into_iter().flatten().min();
        }
        earliest.map(|ms| Timestamp::from_millisecond(ms).map_err(ServiceError::internal)).transpose()
    }

    /// Bodies of all messages of a queue, hidden ones too, oldest first; reading them is no delivery.
    pub fn bodies(&self, queue: &str) -> Result<Vec<String>, ServiceError> {
        let store = self.store();
        let queue = store.queue(queue)?;
        let mut statement =
            store.db.prepare_cached("SELECT body FROM messages WHERE queue = ?1 ORDER BY seq")?;
        let rows = statement.query_map(params![queue.id], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub fn depth(&self, queue: &str) -> Result<QueueDepth, ServiceError> {
        let store = self.store();
        store.depth(&store.queue(queue)?, self.clock.now())
    }

    /// Names of all queues.
    pub fn names(&self) -> Vec<String> {
        self.store().queues.keys().cloned().collect()
    }

    /// Settings of a queue with their defaults, as GetQueueAttributes shows them.
    pub fn settings(&self, queue: &str) -> Result<BTreeMap<String, String>, ServiceError> {
        Ok(self.store().queue(queue)?.shown())
    }

    /// Deletes messages older than their queue's retention; returns how many.
    pub fn drop_expired(&self) -> Result<usize, ServiceError> {
        let store = self.store();
        let now_ms = millis(self.clock.now());
        let mut dropped = 0;
        for queue in store.queues.values() {
            dropped += store
                .db
                .prepare_cached("DELETE FROM messages WHERE queue = ?1 AND sent_ms <= ?2")?
                .execute(params![queue.id, queue.oldest_kept_ms(now_ms)])?;
        }
        Ok(dropped)
    }
}

fn whole_millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(43_200_000)
}
