//! The stream through DynamoDB Streams' own API: one shard a table, iterators that never expire.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Dynamo;
use super::streams::{no_stream, position, sequence_number};
use crate::names::{stream_arn, table_name};
use crate::wire::{Answer, ServiceError, decode, encode};

const SHARD: &str = "shardId-00000000000000000001-00000001";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    table_name: Option<String>,
    stream_arn: Option<String>,
    shard_iterator_type: Option<String>,
    sequence_number: Option<String>,
    shard_iterator: Option<String>,
    limit: Option<usize>,
}

impl Dynamo {
    pub(crate) fn execute_stream(&self, operation: &str, body: &[u8]) -> Answer {
        let request: Request = decode(body)?;
        let table = request.stream_arn.as_deref().map(table_name).unwrap_or_default();
        match operation {
            "ListStreams" => self.list_streams(request.table_name.as_deref()),
            "DescribeStream" => self.describe_stream(table),
            "GetShardIterator" => self.shard_iterator(table, &request),
            "GetRecords" => self.records(&request),
            _ => {
                Err(ServiceError::bad("UnknownOperationException", format!("{operation} is not served here")))
            }
        }
    }

    fn list_streams(&self, table: Option<&str>) -> Answer {
        let streams = self.engine().storage.list_stream_enabled_tables()?;
        let streams: Vec<Value> = streams
            .iter()
            .filter(|meta| table.is_none_or(|table| table == meta.table_name))
            .map(|meta| {
                let label = meta.stream_label.as_deref().unwrap_or_default();
                json!({
                    "StreamArn": stream_arn(&meta.table_name, label),
                    "StreamLabel": label,
                    "TableName": meta.table_name,
                })
            })
            .collect();
        encode(&json!({ "Streams": streams }))
    }

    fn describe_stream(&self, table: &str) -> Answer {
        let meta = self.engine().storage.get_table_metadata(table)?.ok_or_else(|| no_stream(table))?;
        let label = meta.stream_label.as_deref().unwrap_or_default();
        let keys: Value = serde_json::from_str(&meta.key_schema).map_err(ServiceError::internal)?;
        let start = json!({ "StartingSequenceNumber": sequence_number(1) });
        encode(&json!({ "StreamDescription": {
            "StreamArn": stream_arn(table, label),
            "StreamLabel": label,
            "StreamStatus": if meta.stream_enabled { "ENABLED" } else { "DISABLED" },
            "StreamViewType": meta.stream_view_type,
            "TableName": table,
            "KeySchema": keys,
            "Shards": [{ "ShardId": SHARD, "SequenceNumberRange": start }],
        }}))
    }

    fn shard_iterator(&self, table: &str, request: &Request) -> Answer {
        let named = || {
            let number = request.sequence_number.as_deref().unwrap_or_default();
            position(number).ok_or_else(|| invalid("Invalid SequenceNumber"))
        };
        let after = match request.shard_iterator_type.as_deref() {
            Some("TRIM_HORIZON") => 0,
            Some("LATEST") => self.stream_end(table)?,
            Some("AFTER_SEQUENCE_NUMBER") => named()?,
            Some("AT_SEQUENCE_NUMBER") => named()? - 1,
            _ => return Err(invalid("Invalid ShardIteratorType")),
        };
        encode(&json!({ "ShardIterator": iterator(table, after) }))
    }

    fn records(&self, request: &Request) -> Answer {
        let (table, after) = request
            .shard_iterator
            .as_deref()
            .and_then(read_iterator)
            .ok_or_else(|| invalid("Invalid ShardIterator"))?;
        let limit = request.limit.unwrap_or(1_000).clamp(1, 1_000);
        let batch = self.stream_records(&table, after, limit)?;
        let records: Vec<Value> = batch.records.into_iter().map(|record| api_record(record.event)).collect();
        encode(&json!({ "Records": records, "NextShardIterator": iterator(&table, batch.last) }))
    }
}

/// The API names a deletion's author differently from the event a function receives.
fn api_record(mut event: Value) -> Value {
    if let Some(identity) = event.get_mut("userIdentity") {
        *identity = json!({ "Type": identity["type"], "PrincipalId": identity["principalId"] });
    }
    if let Some(event) = event.as_object_mut() {
        event.remove("eventSourceARN");
    }
    event
}

fn iterator(table: &str, after: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("{after}|{table}"))
}

fn read_iterator(text: &str) -> Option<(String, i64)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (after, table) = text.split_once('|')?;
    Some((table.to_owned(), after.parse().ok()?))
}

fn invalid(message: &str) -> ServiceError {
    ServiceError::bad("ValidationException", message)
}
