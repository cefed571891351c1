//! ReceiveMessage: hides the messages that it delivers, and moves those delivered too often to the dead
//! letters.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rusqlite::params;
use serde::Deserialize;
use serde_json::{Value, json};

use super::checksum::{MessageAttribute, of_attributes, of_body};
use super::host::{MESSAGE_GROUP, ReceivedMessage, TRACE_HEADER};
use super::queue::Queue;
use super::redrive::set_aside;
use super::store::Store;
use super::{errors, millis};
use crate::names::ACCOUNT;
use crate::wire::{Answer, ServiceError, decode, encode};

const MAX_IN_FLIGHT: u64 = 120_000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ReceiveMessage {
    queue_url: String,
    max_number_of_messages: Option<i64>,
    visibility_timeout: Option<i64>,
    /// The call does not wait: the driver of the clock polls again.
    wait_time_seconds: Option<i64>,
    #[serde(default)]
    message_system_attribute_names: Vec<String>,
    #[serde(default)]
    attribute_names: Vec<String>,
    #[serde(default)]
    message_attribute_names: Vec<String>,
}

struct Candidate {
    seq: i64,
    message_id: String,
    body: String,
    attributes: Option<String>,
    sent_ms: i64,
    receipt: i64,
    receives: i64,
    first_received_ms: Option<i64>,
    origin: Option<String>,
    trace: Option<String>,
    group: Option<String>,
}

impl Store {
    pub(super) fn receive_message(&mut self, now: Timestamp, body: &[u8], payload: &mut u64) -> Answer {
        let req: ReceiveMessage = decode(body)?;
        let queue = self.queue(&req.queue_url)?;
        let max = range("MaxNumberOfMessages", req.max_number_of_messages.unwrap_or(1), 1, 10)?;
        let visibility = req.visibility_timeout.unwrap_or_else(|| queue.visibility_seconds());
        let visibility = range("VisibilityTimeout", visibility, 0, 43_200)?;
        range("WaitTimeSeconds", req.wait_time_seconds.unwrap_or(0), 0, 20)?;
        let received = self.take(&queue, now, max, visibility * 1_000)?;
        *payload += received.iter().map(|message| message.body.len() as u64).sum::<u64>();
        let system = [req.message_system_attribute_names, req.attribute_names].concat();
        let messages: Vec<Value> =
            received.iter().map(|message| shown(message, &system, &req.message_attribute_names)).collect();
        match messages.is_empty() {
            true => encode(&json!({})),
            false => encode(&json!({ "Messages": messages })),
        }
    }

    /// Takes up to `max` visible messages, oldest visible first.
    pub(super) fn take(
        &mut self,
        queue: &Queue,
        now: Timestamp,
        max: i64,
        hidden_ms: i64,
    ) -> Result<Vec<ReceivedMessage>, ServiceError> {
        if self.count_in_flight(queue, now)? >= MAX_IN_FLIGHT {
            return Err(errors::over_limit());
        }
        let now_ms = millis(now);
        let redrive = queue.redrive();
        let dead_letters = self.dead_letters_of(queue);
        let mut received = Vec::new();
        let transaction = self.db.transaction()?;
        loop {
            let wanted = max - received.len() as i64;
            let candidates = candidates(&transaction, queue, now_ms, wanted)?;
            if wanted == 0 || candidates.is_empty() {
                break;
            }
            for candidate in candidates {
                let exhausted =
                    redrive.as_ref().is_some_and(|policy| candidate.receives >= policy.max_receives);
                if candidate.sent_ms <= queue.oldest_kept_ms(now_ms) {
                    transaction
                        .prepare_cached("DELETE FROM messages WHERE seq = ?1")?
                        .execute([candidate.seq])?;
                } else if let (true, Some(dead_letters)) = (exhausted, dead_letters) {
                    set_aside(&transaction, candidate.seq, dead_letters, queue, now_ms)?;
                } else {
                    transaction
                        .prepare_cached(
                            "UPDATE messages SET visible_ms = ?2, in_flight = 1, receipt = receipt + 1,
                             receives = receives + 1, first_received_ms = COALESCE(first_received_ms, ?3)
                             WHERE seq = ?1",
                        )?
                        .execute(params![candidate.seq, now_ms + hidden_ms, now_ms])?;
                    received.push(candidate.received(queue, now_ms));
                }
            }
            // With a visibility timeout of zero a message is visible again at once, so there is only one
            // round.
            if hidden_ms == 0 {
                break;
            }
        }
        transaction.commit()?;
        Ok(received)
    }

    fn count_in_flight(&self, queue: &Queue, now: Timestamp) -> Result<u64, ServiceError> {
        let mut statement = self.db.prepare_cached(
            "SELECT COUNT(*) FROM messages WHERE queue = ?1 AND visible_ms > ?2 AND in_flight = 1",
        )?;
        Ok(statement.query_row(params![queue.id, millis(now)], |row| row.get(0))?)
    }
}

impl Candidate {
    fn received(self, queue: &Queue, now_ms: i64) -> ReceivedMessage {
        let attributes = self.attributes.as_deref().and_then(|json| serde_json::from_str(json).ok());
        let mut system = BTreeMap::from([
            ("ApproximateReceiveCount".to_owned(), (self.receives + 1).to_string()),
            ("SentTimestamp".to_owned(), self.sent_ms.to_string()),
            ("SenderId".to_owned(), ACCOUNT.to_owned()),
            (
                "ApproximateFirstReceiveTimestamp".to_owned(),
                self.first_received_ms.unwrap_or(now_ms).to_string(),
            ),
        ]);
        if let Some(origin) = &self.origin {
            system.insert("DeadLetterQueueSourceArn".to_owned(), crate::names::queue_arn(origin));
        }
        if let Some(group) = self.group {
            system.insert(MESSAGE_GROUP.to_owned(), group);
        }
        if let Some(trace) = self.trace {
            system.insert(TRACE_HEADER.to_owned(), trace);
        }
        ReceivedMessage {
            message_id: self.message_id,
            receipt_handle: handle(queue.id, self.seq, self.receipt + 1),
            md5_of_body: of_body(&self.body),
            body: self.body,
            attributes: system,
            message_attributes: attributes.unwrap_or_default(),
        }
    }
}

/// The order of a queue whose messages belong together, or to nobody.
const IN_ORDER: &str = "
    SELECT seq, message_id, body, attributes, sent_ms, receipt, receives, first_received_ms, origin, trace, message_group
    FROM messages WHERE queue = ?1 AND visible_ms <= ?2 ORDER BY visible_ms, in_flight, seq LIMIT ?3";

/// The order of a fair queue: of the groups whose messages wait, those come first that have the fewest in flight and
/// before them. A message without a group is a group of its own.
const FAIR: &str = "
    WITH waiting AS (
        SELECT *, ROW_NUMBER() OVER (
            PARTITION BY COALESCE(message_group, 'message ' || seq) ORDER BY visible_ms, in_flight, seq
        ) AS place
        FROM messages WHERE queue = ?1 AND visible_ms <= ?2
    ), busy AS (
        SELECT message_group AS name, COUNT(*) AS count FROM messages
        WHERE queue = ?1 AND visible_ms > ?2 AND in_flight = 1 AND message_group IS NOT NULL
        GROUP BY message_group
    )
    SELECT seq, message_id, body, attributes, sent_ms, receipt, receives, first_received_ms, origin, trace, message_group
    FROM waiting LEFT JOIN busy ON busy.name = waiting.message_group
    ORDER BY CASE WHEN message_group IS NULL THEN 1 ELSE place + COALESCE(busy.count, 0) END,
             visible_ms, in_flight, seq
    LIMIT ?3";

/// Tells whether messages of several groups are in the queue.
fn has_groups(db: &rusqlite::Connection, queue: &Queue) -> Result<bool, ServiceError> {
    let end = |order: &str| {
        let group = format!(
            "SELECT message_group FROM messages WHERE queue = ?1 AND message_group IS NOT NULL
             ORDER BY message_group {order} LIMIT 1"
        );
        let mut statement = db.prepare_cached(&group)?;
        let found = statement.query_map([queue.id], |row| row.get::<_, String>(0))?.next().transpose();
        Ok::<_, ServiceError>(found?)
    };
    Ok(end("ASC")? != end("DESC")?)
}

fn candidates(
    db: &rusqlite::Connection,
    queue: &Queue,
    now_ms: i64,
    limit: i64,
) -> Result<Vec<Candidate>, ServiceError> {
    let mut statement = db.prepare_cached(if has_groups(db, queue)? { FAIR } else { IN_ORDER })?;
    let rows = statement.query_map(params![queue.id, now_ms, limit], |row| {
        Ok(Candidate {
            seq: row.get(0)?,
            message_id: row.get(1)?,
            body: row.get(2)?,
            attributes: row.get(3)?,
            sent_ms: row.get(4)?,
            receipt: row.get(5)?,
            receives: row.get(6)?,
            first_received_ms: row.get(7)?,
            origin: row.get(8)?,
            trace: row.get(9)?,
            group: row.get(10)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A handle identifies the queue, the message and the delivery.
fn handle(queue: i64, seq: i64, receipt: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("{queue}.{seq}.{receipt}"))
}

/// The message and the delivery that a handle identifies, if it belongs to this queue.
pub(super) fn read_handle(queue: &Queue, text: &str) -> Result<(i64, i64), ServiceError> {
    let parse = || {
        let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mut parts = decoded.split('.').map(|part| part.parse::<i64>().ok());
        match (parts.next()??, parts.next()??, parts.next()??) {
            (id, seq, receipt) if id == queue.id => Some((seq, receipt)),
            _ => None,
        }
    };
    parse().ok_or_else(|| errors::invalid_receipt(text))
}

fn shown(message: &ReceivedMessage, system: &[String], wanted: &[String]) -> Value {
    let all = |names: &[String]| names.iter().any(|name| name == "All" || name == ".*");
    let mut shown = json!({
        "MessageId": message.message_id,
        "ReceiptHandle": message.receipt_handle,
        "MD5OfBody": message.md5_of_body,
        "Body": message.body,
    });
    let attributes: BTreeMap<&String, &String> =
        message.attributes.iter().filter(|(name, _)| all(system) || system.contains(name)).collect();
    if !attributes.is_empty() {
        shown["Attributes"] = json!(attributes);
    }
    let own: BTreeMap<String, MessageAttribute> = message
        .message_attributes
        .iter()
        .filter(|(name, _)| all(wanted) || wanted.contains(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if !own.is_empty() {
        shown["MD5OfMessageAttributes"] = json!(of_attributes(&own));
        shown["MessageAttributes"] = json!(own);
    }
    shown
}

pub(super) fn range(name: &str, value: i64, least: i64, most: i64) -> Result<i64, ServiceError> {
    match (least..=most).contains(&value) {
        true => Ok(value),
        false => Err(errors::invalid_value(format!(
            "Value {value} for parameter {name} is invalid. Reason: Must be between {least} and {most}, if provided."
        ))),
    }
}
