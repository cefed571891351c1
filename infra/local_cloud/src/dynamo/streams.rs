//! The table's stream, read in process: every change in order, as a Lambda event record.

use dynoxide::Item;
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::capacity::in_order;
use super::{Dynamo, Engine};
use crate::names::{REGION, stream_arn};
use crate::wire::ServiceError;

/// The offset between the engine's numbers and the 21 digits that DynamoDB shows.
const PUBLIC_OFFSET: i128 = 100_000_000_000_000_000_000;

/// One change of one item.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamRecord {
    /// The position in the stream; reading continues after it.
    pub position: i64,
    /// The record as a Lambda function receives it (`eventName`, `dynamodb.NewImage`, …).
    pub event: Value,
}

/// Some records, and the position to continue from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StreamBatch {
    pub records: Vec<StreamRecord>,
    /// Position of the last record looked at; equal to the one given when there was none.
    pub last: i64,
}

struct Row {
    position: i64,
    name: String,
    keys: String,
    new: Option<String>,
    old: Option<String>,
    created: i64,
    identity: Option<String>,
}

impl Dynamo {
    /// Up to `limit` records after `after` (0: from the start). Writes that changed nothing leave none.
    pub(crate) fn stream_records(
        &self,
        table: &str,
        after: i64,
        limit: usize,
    ) -> Result<StreamBatch, ServiceError> {
        let mut engine = self.engine();
        if engine.ends.get(table) == Some(&after) {
            return Ok(StreamBatch { last: after, ..StreamBatch::default() });
        }
        let meta = engine.storage.get_table_metadata(table)?.ok_or_else(|| no_stream(table))?;
        let arn = stream_arn(table, meta.stream_label.as_deref().unwrap_or_default());
        let view = meta.stream_view_type.as_deref().unwrap_or("NEW_AND_OLD_IMAGES");
        let mut batch = StreamBatch { last: after, ..StreamBatch::default() };
        while batch.records.len() < limit {
            let rows = engine.stream_rows(table, batch.last, limit - batch.records.len())?;
            if rows.is_empty() {
                engine.ends.insert(table.to_owned(), batch.last);
                break;
            }
            for row in rows {
                batch.last = row.position;
                if let Some(event) = event(table, &arn, view, &row)? {
                    batch.records.push(StreamRecord { position: row.position, event });
                }
            }
        }
        Ok(batch)
    }

    /// Deletes records up to `through`, all of which must have been read. The newest stays: the next record
    /// is numbered after it.
    pub(crate) fn trim_stream(&self, table: &str, through: i64) -> Result<usize, ServiceError> {
        let engine = self.engine();
        let mut statement = engine.storage.conn().prepare_cached(
            "DELETE FROM _stream_records WHERE table_name = ?1
             AND CAST(sequence_number AS INTEGER) <= ?2
             AND CAST(sequence_number AS INTEGER) <
                 (SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?1)",
        )?;
        Ok(statement.execute(params![table, through])?)
    }

    /// Position of the newest record, 0 when there is none.
    pub(crate) fn stream_end(&self, table: &str) -> Result<i64, ServiceError> {
        let engine = self.engine();
        let mut statement = engine.storage.conn().prepare_cached(
            "SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?1",
        )?;
        let end: Option<Option<i64>> = statement.query_row([table], |row| row.get(0)).optional()?;
        Ok(end.flatten().unwrap_or(0))
    }
}

impl Engine {
    fn stream_rows(&self, table: &str, after: i64, limit: usize) -> Result<Vec<Row>, ServiceError> {
        let mut statement = self.storage.conn().prepare_cached(
            "SELECT CAST(sequence_number AS INTEGER), event_name, keys_json, new_image, old_image,
                    created_at, user_identity
             FROM _stream_records
             WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) > ?2
             ORDER BY CAST(sequence_number AS INTEGER) LIMIT ?3",
        )?;
        let limit = i64::try_from(limit).map_err(ServiceError::internal)?;
        let rows = statement.query_map(params![table, after, limit], |row| {
            Ok(Row {
                position: row.get(0)?,
                name: row.get(1)?,
                keys: row.get(2)?,
                new: row.get(3)?,
                old: row.get(4)?,
                created: row.get(5)?,
                identity: row.get(6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// A position as the sequence number that DynamoDB would show.
pub(super) fn sequence_number(position: i64) -> String {
    (PUBLIC_OFFSET + i128::from(position)).to_string()
}

/// The position a sequence number names.
pub(super) fn position(sequence_number: &str) -> Option<i64> {
    i64::try_from(sequence_number.parse::<i128>().ok()? - PUBLIC_OFFSET).ok()
}

pub(super) fn no_stream(table: &str) -> ServiceError {
    ServiceError::bad(
        "ResourceNotFoundException",
        format!("Requested resource not found: Stream of table {table} not found"),
    )
}

/// The event of a row; `None` for a write that changed nothing, which DynamoDB does not record.
fn event(table: &str, arn: &str, view: &str, row: &Row) -> Result<Option<Value>, ServiceError> {
    if let ("MODIFY", Some(new), Some(old)) = (row.name.as_str(), &row.new, &row.old)
        && same_item(new, old)?
    {
        return Ok(None);
    }
    let parse = |json: &String| serde_json::from_str::<Value>(json).map_err(ServiceError::internal);
    let images = [&row.new, &row.old].into_iter().flatten().map(String::len).sum::<usize>();
    let mut change = json!({
        "ApproximateCreationDateTime": row.created,
        "Keys": parse(&row.keys)?,
        "SequenceNumber": sequence_number(row.position),
        "SizeBytes": row.keys.len() + images,
        "StreamViewType": view,
    });
    if let Some(new) = &row.new {
        change["NewImage"] = parse(new)?;
    }
    if let Some(old) = &row.old {
        change["OldImage"] = parse(old)?;
    }
    let mut event = json!({
        "eventID": event_id(table, row.position),
        "eventName": row.name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": change,
        "eventSourceARN": arn,
    });
    if let Some(identity) = &row.identity {
        event["userIdentity"] = parse(identity)?;
    }
    Ok(Some(event))
}

fn same_item(a: &str, b: &str) -> Result<bool, ServiceError> {
    if a.len() != b.len() {
        return Ok(false);
    }
    let item = |json| serde_json::from_str::<Item>(json).map_err(ServiceError::internal);
    let (a, b) = (item(a)?, item(b)?);
    Ok(a.len() == b.len()
        && a.iter().all(|(name, value)| b.get(name).is_some_and(|other| in_order(value) == in_order(other))))
}

/// The id of a record, the same however often it is read.
fn event_id(table: &str, position: i64) -> String {
    hex::encode(&Sha256::digest(format!("{table}#{position}"))[..16])
}
