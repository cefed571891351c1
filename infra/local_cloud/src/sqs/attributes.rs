//! Reading and changing a queue's attributes, with its message counts.

use jiff::Timestamp;
use rusqlite::params;
use serde::Deserialize;
use serde_json::json;

use super::host::QueueDepth;
use super::queue::{Attributes, Queue, check};
use super::store::Store;
use super::{errors, millis};
use crate::names::queue_arn;
use crate::wire::{Answer, ServiceError, decode, encode};

const COUNTED: [&str; 6] = [
    "QueueArn",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetQueueAttributes {
    queue_url: String,
    #[serde(default)]
    attribute_names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SetQueueAttributes {
    queue_url: String,
    attributes: Attributes,
}

impl Store {
    pub(super) fn get_queue_attributes(&mut self, now: Timestamp, body: &[u8]) -> Answer {
        let req: GetQueueAttributes = decode(body)?;
        let queue = self.queue(&req.queue_url)?;
        let mut all = queue.shown();
        let depth = self.depth(&queue, now)?;
        let values = [
            queue_arn(&queue.name),
            (queue.created_ms / 1_000).to_string(),
            (queue.modified_ms / 1_000).to_string(),
            depth.visible.to_string(),
            depth.in_flight.to_string(),
            depth.delayed.to_string(),
        ];
        all.extend(COUNTED.iter().map(|name| (*name).to_owned()).zip(values));
        if !req.attribute_names.iter().any(|name| name == "All") {
            let optional = ["RedrivePolicy", "RedriveAllowPolicy", "Policy", "KmsMasterKeyId"];
            let known = |name: &String| all.contains_key(name) || optional.contains(&name.as_str());
            if let Some(unknown) = req.attribute_names.iter().find(|name| !known(name)) {
                return Err(errors::invalid_attribute_name(unknown));
            }
            all.retain(|name, _| req.attribute_names.contains(name));
        }
        match all.is_empty() {
            true => encode(&json!({})),
            false => encode(&json!({ "Attributes": all })),
        }
    }

    pub(super) fn set_queue_attributes(&mut self, now: Timestamp, body: &[u8]) -> Answer {
        let req: SetQueueAttributes = decode(body)?;
        let mut queue = self.queue(&req.queue_url)?;
        check(&req.attributes)?;
        for (name, value) in req.attributes {
            match value.is_empty() {
                true => drop(queue.attributes.remove(&name)),
                false => drop(queue.attributes.insert(name, value)),
            }
        }
        queue.modified_ms = millis(now);
        self.save(queue)?;
        Ok(Vec::new())
    }

    pub(super) fn depth(&self, queue: &Queue, now: Timestamp) -> Result<QueueDepth, ServiceError> {
        let mut statement = self.db.prepare_cached(
            "SELECT COALESCE(SUM(visible_ms <= ?2), 0),
                    COALESCE(SUM(visible_ms > ?2 AND in_flight = 1), 0),
                    COALESCE(SUM(visible_ms > ?2 AND in_flight = 0), 0),
                    MIN(sent_ms)
             FROM messages WHERE queue = ?1 AND sent_ms > ?3",
        )?;
        let (now_ms, kept) = (millis(now), queue.oldest_kept_ms(millis(now)));
        Ok(statement.query_row(params![queue.id, now_ms, kept], |row| {
            let oldest: Option<i64> = row.get(3)?;
            Ok(QueueDepth {
                visible: row.get(0)?,
                in_flight: row.get(1)?,
                delayed: row.get(2)?,
                age_of_oldest: oldest
                    .map(|sent| std::time::Duration::from_millis(u64::try_from(now_ms - sent).unwrap_or(0))),
            })
        })?)
    }
}
