//! Moves dead letters back to their queue, as new messages.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::{Value, json};

use super::queue::Queue;
use super::send::next_message_id;
use super::store::Store;
use super::{errors, millis};
use crate::names::{queue_arn, queue_name, queue_url};
use crate::wire::{Answer, ServiceError, decode, encode};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StartMessageMoveTask {
    source_arn: String,
    destination_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BySource {
    source_arn: String,
    max_results: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ByUrl {
    queue_url: String,
}

impl Store {
    /// Moves at once what a real task moves over time.
    pub(super) fn start_message_move_task(&mut self, now: Timestamp, body: &[u8]) -> Answer {
        let req: StartMessageMoveTask = decode(body)?;
        let missing = || {
            errors::no_such_task_source(
                "The resource that you specified for the SourceArn parameter doesn't exist.",
            )
        };
        let source = self.queue(&req.source_arn).map_err(|_| missing())?;
        let sources = self.sources_of(&source.name);
        if sources.is_empty() {
            return Err(errors::unsupported("Source queue must be configured as a Dead Letter Queue."));
        }
        let destination = match &req.destination_arn {
            Some(arn) => Some(self.queue(arn).map_err(|_| missing())?),
            None => None,
        };
        let moved = self.move_all(now, source.id, destination.as_ref().map(|queue| queue.id), &sources)?;
        let destination_arn = destination.map(|queue| queue_arn(&queue.name));
        self.db.execute(
            "INSERT INTO move_tasks (source, destination, moved, started_ms) VALUES (?1, ?2, ?3, ?4)",
            params![source.name, destination_arn, moved, millis(now)],
        )?;
        encode(&json!({ "TaskHandle": format!("task-{}", self.db.last_insert_rowid()) }))
    }

    fn move_all(
        &mut self,
        now: Timestamp,
        source: i64,
        destination: Option<i64>,
        sources: &[String],
    ) -> Result<i64, ServiceError> {
        let transaction = self.db.transaction()?;
        let rows: Vec<(i64, Option<String>)> = transaction
            .prepare_cached(
                "SELECT seq, origin FROM messages WHERE queue = ?1 AND visible_ms <= ?2 ORDER BY seq",
            )?
            .query_map(params![source, millis(now)], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let mut moved = 0;
        for (seq, origin) in rows {
            let origin = origin.or_else(|| sources.first().cloned());
            let home = origin.and_then(|origin| self.queues.get(&origin)).map(|queue| queue.id);
            let Some(target) = destination.or(home) else { continue };
            let id = next_message_id(&transaction)?;
            transaction
                .prepare_cached(
                    "INSERT INTO messages (queue, message_id, body, attributes, sent_ms, visible_ms, trace,
                     message_group)
                     SELECT ?2, ?3, body, attributes, ?4, ?4, trace, message_group FROM messages WHERE seq = ?1",
                )?
                .execute(params![seq, target, id, millis(now)])?;
            transaction.prepare_cached("DELETE FROM messages WHERE seq = ?1")?.execute([seq])?;
            moved += 1;
        }
        transaction.commit()?;
        Ok(moved)
    }

    pub(super) fn list_message_move_tasks(&mut self, body: &[u8]) -> Answer {
        let req: BySource = decode(body)?;
        let source = queue_name(&req.source_arn);
        let limit =
            i64::try_from(req.max_results.unwrap_or(1).clamp(1, 10)).map_err(ServiceError::internal)?;
        let mut statement = self.db.prepare_cached(
            "SELECT destination, moved, started_ms FROM move_tasks WHERE source = ?1 ORDER BY id DESC LIMIT ?2",
        )?;
        let tasks: Vec<Value> = statement
            .query_map(params![source, limit], |row| {
                let (destination, moved, started): (Option<String>, i64, i64) =
                    (row.get(0)?, row.get(1)?, row.get(2)?);
                let mut task = json!({
                    "SourceArn": queue_arn(source),
                    "Status": "COMPLETED",
                    "ApproximateNumberOfMessagesMoved": moved,
                    "ApproximateNumberOfMessagesToMove": moved,
                    "StartedTimestamp": started,
                });
                if let Some(destination) = destination {
                    task["DestinationArn"] = json!(destination);
                }
                Ok(task)
            })?
            .collect::<Result<_, _>>()?;
        encode(&json!({ "Results": tasks }))
    }

    pub(super) fn list_dead_letter_source_queues(&mut self, body: &[u8]) -> Answer {
        let req: ByUrl = decode(body)?;
        let queue = self.queue(&req.queue_url)?;
        let urls: Vec<String> = self.sources_of(&queue.name).iter().map(|name| queue_url(name)).collect();
        encode(&json!({ "queueUrls": urls }))
    }

    /// The id of the queue's dead-letter queue.
    pub(super) fn dead_letters_of(&self, queue: &Queue) -> Option<i64> {
        let target = self.queues.get(&queue.redrive()?.target)?;
        (target.id != queue.id).then_some(target.id)
    }

    pub(super) fn sources_of(&self, dead_letters: &str) -> Vec<String> {
        let feeds = |queue: &&Queue| queue.redrive().is_some_and(|r| r.target == dead_letters);
        self.queues.values().filter(feeds).map(|queue| queue.name.clone()).collect()
    }
}

/// Moves a message of a queue to its dead letters.
pub(super) fn set_aside(
    db: &Connection,
    seq: i64,
    dead_letters: i64,
    from: &Queue,
    now_ms: i64,
) -> Result<(), ServiceError> {
    db.prepare_cached(
        "UPDATE messages SET queue = ?2, origin = ?3, visible_ms = ?4, in_flight = 0 WHERE seq = ?1",
    )?
    .execute(params![seq, dead_letters, from.name, now_ms])?;
    Ok(())
}
