//! SQS standard queues on SQLite: they keep a queue's promises, follow the clock, and survive a crash.

mod attributes;
mod checksum;
mod delete;
mod errors;
mod host;
mod queue;
mod queues;
mod receive;
mod redrive;
mod send;
mod store;
mod visibility;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use application::Clock;
use jiff::Timestamp;
use serde::Deserialize;

pub use checksum::MessageAttribute;
pub use host::{QueueDepth, ReceivedMessage, TRACE_HEADER};
pub use queue::redrive_attribute;

use crate::ledger::Ledger;
use crate::names::{queue_arn, queue_name};
use crate::principal::Permission;
use crate::wire::{Answer, ServiceError, decode};
use store::Store;

/// All queues of one cloud.
pub struct Queues {
    store: Mutex<Store>,
    clock: Arc<dyn Clock>,
    ledger: Arc<Ledger>,
}

/// The answer of a request and its billable size.
pub(crate) struct Executed {
    pub answer: Answer,
    /// Bytes of message bodies moved: every 64 KB is a request.
    pub payload: u64,
}

impl Queues {
    /// Runs one operation. `hold_back` delays what it sends, for tests of late messages.
    pub(crate) fn execute(&self, operation: &str, body: &[u8], hold_back: Option<Duration>) -> Executed {
        let now = self.clock.now();
        let mut store = self.store();
        let mut payload = 0;
        let store = &mut *store;
        let answer = match operation {
            "CreateQueue" => store.create_queue(now, body),
            "GetQueueUrl" => store.get_queue_url(body),
            "ListQueues" => store.list_queues(body),
            "DeleteQueue" => store.delete_queue(body),
            "PurgeQueue" => store.purge_queue(now, body),
            "GetQueueAttributes" => store.get_queue_attributes(now, body),
            "SetQueueAttributes" => store.set_queue_attributes(now, body),
            "SendMessage" => store.send_message(now, hold_back, body, &mut payload),
            "SendMessageBatch" => store.send_message_batch(now, hold_back, body, &mut payload),
            "ReceiveMessage" => store.receive_message(now, body, &mut payload),
            "DeleteMessage" => store.delete_message(body),
            "DeleteMessageBatch" => store.delete_message_batch(body),
            "ChangeMessageVisibility" => store.change_message_visibility(now, body),
            "ChangeMessageVisibilityBatch" => store.change_message_visibility_batch(now, body),
            "StartMessageMoveTask" => store.start_message_move_task(now, body),
            "ListMessageMoveTasks" => store.list_message_move_tasks(body),
            "ListDeadLetterSourceQueues" => store.list_dead_letter_source_queues(body),
            _ => Err(errors::unsupported(&format!("{operation} is not served here"))),
        };
        Executed { answer, payload }
    }

    /// The permissions that an operation needs: for a batch that of its single form, for a move task those of
    /// every step.
    pub(crate) fn permissions(&self, operation: &str, body: &[u8]) -> Result<Vec<Permission>, ServiceError> {
        let on = |operation: &str, queue: &str| (format!("sqs:{operation}"), queue_arn(queue));
        let queue = addressed(body)?;
        let mut needed = vec![on(operation.strip_suffix("Batch").unwrap_or(operation), &queue)];
        if operation == "StartMessageMoveTask" {
            needed.extend(
                ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"].map(|step| on(step, &queue)),
            );
            needed.extend(self.store().sources_of(&queue).iter().map(|home| on("SendMessage", home)));
        }
        Ok(needed)
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The queue that a request is about; `*` if it is about no particular one.
pub(crate) fn addressed(body: &[u8]) -> Result<String, ServiceError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Addressed {
        queue_url: Option<String>,
        queue_name: Option<String>,
        source_arn: Option<String>,
    }
    let body: Addressed = decode(body)?;
    let address = body.queue_url.or(body.queue_name).or(body.source_arn);
    Ok(address.map_or_else(|| "*".to_owned(), |address| queue_name(&address).to_owned()))
}

fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}
