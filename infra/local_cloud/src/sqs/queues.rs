//! Creating, finding, listing, emptying and deleting queues.

use jiff::Timestamp;
use rusqlite::params;
use serde::Deserialize;
use serde_json::json;

use super::queue::{Attributes, Queue, check};
use super::store::Store;
use super::{errors, millis};
use crate::names::queue_url;
use crate::wire::{Answer, ServiceError, decode, encode};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateQueue {
    queue_name: String,
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ByName {
    queue_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ByUrl {
    queue_url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListQueues {
    queue_name_prefix: Option<String>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

impl Store {
    /// Creates a queue; a repetition with the same attributes answers its URL.
    pub(super) fn create_queue(&mut self, now: Timestamp, body: &[u8]) -> Answer {
        let req: CreateQueue = decode(body)?;
        check_name(&req.queue_name)?;
        check(&req.attributes)?;
        if let Some(queue) = self.queues.get(&req.queue_name) {
            let shown = queue.shown();
            let other = req.attributes.iter().find(|(name, value)| shown.get(*name) != Some(value));
            if let Some((name, _)) = other {
                return Err(errors::name_exists(name));
            }
        } else {
            let attributes = serde_json::to_string(&req.attributes).map_err(ServiceError::internal)?;
            self.db.execute(
                "INSERT INTO queues (name, attributes, created_ms, modified_ms) VALUES (?1, ?2, ?3, ?3)",
                params![req.queue_name, attributes, millis(now)],
            )?;
            let queue = Queue {
                id: self.db.last_insert_rowid(),
                name: req.queue_name.clone(),
                attributes: req.attributes,
                created_ms: millis(now),
                modified_ms: millis(now),
                purged_ms: None,
            };
            self.queues.insert(queue.name.clone(), queue);
        }
        encode(&json!({ "QueueUrl": queue_url(&req.queue_name) }))
    }

    pub(super) fn get_queue_url(&mut self, body: &[u8]) -> Answer {
        let req: ByName = decode(body)?;
        let queue = self.queue(&req.queue_name)?;
        encode(&json!({ "QueueUrl": queue_url(&queue.name) }))
    }

    pub(super) fn list_queues(&mut self, body: &[u8]) -> Answer {
        let req: ListQueues = decode(body)?;
        let prefix = req.queue_name_prefix.unwrap_or_default();
        let after = req.next_token.unwrap_or_default();
        let page = req.max_results.unwrap_or(1_000).clamp(1, 1_000);
        let mut names = self
            .queues
            .keys()
            .filter(|name| name.starts_with(&prefix) && (after.is_empty() || **name > after));
        let urls: Vec<&String> = names.by_ref().take(page).collect();
        let next = names.next().and(urls.last()).filter(|_| req.max_results.is_some());
        let mut answer = json!({ "QueueUrls": urls.iter().map(|n| queue_url(n)).collect::<Vec<_>>() });
        if let Some(next) = next {
            answer["NextToken"] = json!(next);
        }
        encode(&answer)
    }

    pub(super) fn delete_queue(&mut self, body: &[u8]) -> Answer {
        let req: ByUrl = decode(body)?;
        let queue = self.queue(&req.queue_url)?;
        let transaction = self.db.transaction()?;
        transaction.execute("DELETE FROM messages WHERE queue = ?1", [queue.id])?;
        transaction.execute("DELETE FROM queues WHERE id = ?1", [queue.id])?;
        transaction.commit()?;
        self.queues.remove(&queue.name);
        Ok(Vec::new())
    }

    pub(super) fn purge_queue(&mut self, now: Timestamp, body: &[u8]) -> Answer {
        let req: ByUrl = decode(body)?;
        let mut queue = self.queue(&req.queue_url)?;
        if queue.purged_ms.is_some_and(|then| millis(now) - then < 60_000) {
            return Err(errors::purge_in_progress(&queue.name));
        }
        self.db.execute("DELETE FROM messages WHERE queue = ?1", [queue.id])?;
        queue.purged_ms = Some(millis(now));
        self.save(queue)?;
        Ok(Vec::new())
    }
}

fn check_name(name: &str) -> Result<(), ServiceError> {
    if name.ends_with(".fifo") {
        return Err(errors::unsupported("Only standard queues are served here."));
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if (1..=80).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(());
    }
    Err(errors::invalid_value(
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
    ))
}
