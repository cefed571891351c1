//! ChangeMessageVisibility and its batch: hides a message longer, or makes it visible.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;
use serde_json::json;

use super::queue::Queue;
use super::receive::{range, read_handle};
use super::send::{batch_answer, batch_error, check_entries};
use super::store::Store;
use super::{errors, millis};
use crate::wire::{Answer, ServiceError, decode, encode};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ChangeMessageVisibility {
    queue_url: String,
    receipt_handle: String,
    visibility_timeout: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ChangeMessageVisibilityBatch {
    queue_url: String,
    #[serde(default)]
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    id: String,
    receipt_handle: String,
    #[serde(default)]
    visibility_timeout: i64,
}

impl Store {
    pub(super) fn change_message_visibility(&mut self, now: Timestamp, body: &[u8]) -> Answer {
        let req: ChangeMessageVisibility = decode(body)?;
        let queue = self.queue(&req.queue_url)?;
        change_one(&self.db, &queue, now, &req.receipt_handle, req.visibility_timeout)?;
        Ok(Vec::new())
    }

    pub(super) fn change_message_visibility_batch(&mut self, now: Timestamp, body: &[u8]) -> Answer {
        let req: ChangeMessageVisibilityBatch = decode(body)?;
        let queue = self.queue(&req.queue_url)?;
        check_entries(req.entries.iter().map(|entry| entry.id.as_str()))?;
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        let transaction = self.db.transaction()?;
        for entry in req.entries {
            match change_one(&transaction, &queue, now, &entry.receipt_handle, entry.visibility_timeout) {
                Ok(()) => successful.push(json!({ "Id": entry.id })),
                Err(error) => failed.push(batch_error(&entry.id, &error)),
            }
        }
        transaction.commit()?;
        encode(&batch_answer(successful, failed))
    }
}

pub(super) fn change_one(
    db: &Connection,
    queue: &Queue,
    now: Timestamp,
    handle: &str,
    seconds: i64,
) -> Result<(), ServiceError> {
    let seconds = range("VisibilityTimeout", seconds, 0, 43_200)?;
    let (seq, receipt) = read_handle(queue, handle)?;
    let visible: Option<i64> = db
        .prepare_cached("SELECT visible_ms FROM messages WHERE seq = ?1 AND queue = ?2 AND receipt = ?3")?
        .query_row(params![seq, queue.id, receipt], |row| row.get(0))
        .optional()?;
    match visible {
        None => Err(errors::invalid_value(format!(
            "Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not \
             available for visibility timeout change."
        ))),
        Some(visible) if visible <= millis(now) => Err(errors::not_in_flight()),
        Some(_) => {
            db.prepare_cached("UPDATE messages SET visible_ms = ?2 WHERE seq = ?1")?
                .execute(params![seq, millis(now) + seconds * 1_000])?;
            Ok(())
        }
    }
}
