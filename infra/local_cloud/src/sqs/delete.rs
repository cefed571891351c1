//! DeleteMessage and DeleteMessageBatch.

use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::json;

use super::queue::Queue;
use super::receive::read_handle;
use super::send::{batch_answer, batch_error, check_entries};
use super::store::Store;
use crate::wire::{Answer, ServiceError, decode, encode};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteMessage {
    queue_url: String,
    receipt_handle: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteMessageBatch {
    queue_url: String,
    #[serde(default)]
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    id: String,
    receipt_handle: String,
}

impl Store {
    pub(super) fn delete_message(&mut self, body: &[u8]) -> Answer {
        let req: DeleteMessage = decode(body)?;
        let queue = self.queue(&req.queue_url)?;
        delete_one(&self.db, &queue, &req.receipt_handle)?;
        Ok(Vec::new())
    }

    pub(super) fn delete_message_batch(&mut self, body: &[u8]) -> Answer {
        let req: DeleteMessageBatch = decode(body)?;
        let queue = self.queue(&req.queue_url)?;
        check_entries(req.entries.iter().map(|entry| entry.id.as_str()))?;
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        let transaction = self.db.transaction()?;
        for entry in req.entries {
            match delete_one(&transaction, &queue, &entry.receipt_handle) {
                Ok(()) => successful.push(json!({ "Id": entry.id })),
                Err(error) => failed.push(batch_error(&entry.id, &error)),
            }
        }
        transaction.commit()?;
        encode(&batch_answer(successful, failed))
    }
}

/// Deletes one message. Deleting a missing one succeeds. So does deleting by the handle of an earlier
/// delivery, but then the message stays: it was delivered again since.
pub(super) fn delete_one(db: &Connection, queue: &Queue, handle: &str) -> Result<(), ServiceError> {
    let (seq, receipt) = read_handle(queue, handle)?;
    db.prepare_cached("DELETE FROM messages WHERE seq = ?1 AND queue = ?2 AND receipt = ?3")?
        .execute(params![seq, queue.id, receipt])?;
    Ok(())
}
