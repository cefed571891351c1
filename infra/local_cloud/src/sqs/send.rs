//! SendMessage and SendMessageBatch, with their limits and partial failures.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::checksum::{MessageAttribute, of_attributes, of_body};
use super::queue::Queue;
use super::store::Store;
use super::{errors, millis};
use crate::trace;
use crate::wire::{Answer, ServiceError, decode, encode};

const MAX_BATCH_BYTES: usize = 1_048_576;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendMessage {
    queue_url: String,
    #[serde(flatten)]
    message: Message,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendMessageBatch {
    queue_url: String,
    #[serde(default)]
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    id: String,
    #[serde(flatten)]
    message: Message,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Message {
    #[serde(default)]
    message_body: String,
    delay_seconds: Option<i64>,
    /// The owner of the message: a standard queue is shared fairly among the owners.
    message_group_id: Option<String>,
    message_deduplication_id: Option<String>,
    #[serde(default)]
    message_attributes: BTreeMap<String, MessageAttribute>,
}

impl Store {
    pub(super) fn send_message(
        &mut self,
        now: Timestamp,
        hold_back: Option<Duration>,
        body: &[u8],
        payload: &mut u64,
    ) -> Answer {
        let req: SendMessage = decode(body)?;
        let queue = self.queue(&req.queue_url)?;
        req.message.check(&queue)?;
        *payload += req.message.size() as u64;
        let answer = req.message.insert(&self.db, &queue, now, hold_back)?;
        encode(&answer)
    }

    pub(super) fn send_message_batch(
        &mut self,
        now: Timestamp,
        hold_back: Option<Duration>,
        body: &[u8],
        payload: &mut u64,
    ) -> Answer {
        let req: SendMessageBatch = decode(body)?;
        let queue = self.queue(&req.queue_url)?;
        check_entries(req.entries.iter().map(|entry| entry.id.as_str()))?;
        let bytes = req.entries.iter().map(|entry| entry.message.size()).sum::<usize>();
        if bytes > MAX_BATCH_BYTES {
            return Err(errors::batch_too_long(bytes));
        }
        *payload += bytes as u64;
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        let transaction = self.db.transaction()?;
        for entry in req.entries {
            match entry.message.check(&queue) {
                Ok(()) => {
                    let mut sent = entry.message.insert(&transaction, &queue, now, hold_back)?;
                    sent["Id"] = json!(entry.id);
                    successful.push(sent);
                }
                Err(error) => failed.push(batch_error(&entry.id, &error)),
            }
        }
        transaction.commit()?;
        encode(&batch_answer(successful, failed))
    }
}

impl Message {
    fn size(&self) -> usize {
        let attributes = self.message_attributes.iter().map(|(name, value)| value.size(name));
        self.message_body.len() + attributes.sum::<usize>()
    }

    fn check(&self, queue: &Queue) -> Result<(), ServiceError> {
        if self.message_body.is_empty() {
            return Err(errors::missing("MessageBody"));
        }
        if self.message_body.chars().any(|c| !allowed(c)) {
            return Err(errors::invalid_contents());
        }
        if self.size() > queue.max_bytes() {
            return Err(errors::invalid_value(format!(
                "One or more parameters are invalid. Reason: Message must be shorter than {} bytes.",
                queue.max_bytes()
            )));
        }
        if self.message_attributes.len() > 10 {
            return Err(errors::invalid_value(
                "Number of message attributes exceeds the allowed maximum of 10.",
            ));
        }
        if self.message_group_id.as_deref().is_some_and(|group| !is_group(group)) {
            return Err(errors::invalid_value(
                "Value for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and \
                 punctuation characters. 1 to 128 in length.",
            ));
        }
        if self.message_deduplication_id.is_some() {
            return Err(errors::invalid_value(
                "Value for parameter MessageDeduplicationId is invalid. Reason: The request includes a parameter that is not \
                 valid for this queue type.",
            ));
        }
        match self.delay_seconds {
            Some(delay) if !(0..=900).contains(&delay) => Err(errors::invalid_value(format!(
                "Value {delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900."
            ))),
            _ => Ok(()),
        }
    }

    fn insert(
        &self,
        db: &Connection,
        queue: &Queue,
        now: Timestamp,
        hold_back: Option<Duration>,
    ) -> Result<Value, ServiceError> {
        let delay = self.delay_seconds.unwrap_or_else(|| queue.delay_seconds()) * 1_000;
        let held = hold_back.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX / 4));
        let attributes = match self.message_attributes.is_empty() {
            true => None,
            false => Some(serde_json::to_string(&self.message_attributes).map_err(ServiceError::internal)?),
        };
        let id = next_message_id(db)?;
        db.prepare_cached(
            "INSERT INTO messages (queue, message_id, body, attributes, sent_ms, visible_ms, trace, message_group)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            queue.id,
            id,
            self.message_body,
            attributes,
            millis(now),
            millis(now) + delay + held,
            trace::current().as_deref(),
            self.message_group_id
        ])?;
        let mut sent = json!({ "MessageId": id, "MD5OfMessageBody": of_body(&self.message_body) });
        if !self.message_attributes.is_empty() {
            sent["MD5OfMessageAttributes"] = json!(of_attributes(&self.message_attributes));
        }
        Ok(sent)
    }
}

/// An id that looks random and is not: the same run gives the same ids.
pub(super) fn next_message_id(db: &Connection) -> Result<String, ServiceError> {
    let last: i64 = db
        .prepare_cached("SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'messages'), 0)")?
        .query_row([], |row| row.get(0))?;
    let hash = hex::encode(Sha256::digest(format!("message {}", last + 1)));
    Ok(format!("{}-{}-4{}-a{}-{}", &hash[..8], &hash[8..12], &hash[13..16], &hash[17..20], &hash[20..32]))
}

pub(super) fn check_entries<'a>(ids: impl ExactSizeIterator<Item = &'a str>) -> Result<(), ServiceError> {
    match ids.len() {
        0 => return Err(errors::empty_batch()),
        1..=10 => {}
        count => return Err(errors::too_many_entries(count)),
    }
    let mut seen = HashSet::new();
    for id in ids {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if !(1..=80).contains(&id.len()) || !id.bytes().all(allowed) {
            return Err(errors::invalid_entry_id());
        }
        if !seen.insert(id) {
            return Err(errors::ids_not_distinct(id));
        }
    }
    Ok(())
}

pub(super) fn batch_error(id: &str, error: &ServiceError) -> Value {
    json!({
        "Id": id,
        "Code": error.query_code.unwrap_or(&error.code),
        "Message": error.message,
        "SenderFault": error.status < 500,
    })
}

/// The answer to a batch; empty lists are left out, as in real answers.
pub(super) fn batch_answer(successful: Vec<Value>, failed: Vec<Value>) -> Value {
    let mut answer = json!({});
    if !successful.is_empty() {
        answer["Successful"] = json!(successful);
    }
    if !failed.is_empty() {
        answer["Failed"] = json!(failed);
    }
    answer
}

fn is_group(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

fn allowed(c: char) -> bool {
    matches!(c, '\u{9}' | '\u{A}' | '\u{D}' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}
