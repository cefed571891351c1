//! Rare behaviour of DynamoDB: half of a batch, and a read that lags behind the writes.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::streams::no_stream;
use super::{Dynamo, reads, writes};
use crate::ledger::Charge;
use crate::names::table_name;
use crate::wire::{Answer, ServiceError, encode};

/// More changes than any table keeps.
const ALL: usize = 1 << 31;

/// The first half of a batch, and the remaining requests.
pub(crate) struct HalfBatch {
    pub body: Vec<u8>,
    left: Map<String, Value>,
    told_as: &'static str,
}

impl HalfBatch {
    /// None for a call that is no batch, or a batch of a single item.
    pub fn split(operation: &str, body: &[u8]) -> Option<Self> {
        let told_as = match operation {
            "BatchGetItem" => "UnprocessedKeys",
            "BatchWriteItem" => "UnprocessedItems",
            _ => return None,
        };
        let mut request: Value = serde_json::from_slice(body).ok()?;
        let mut left = Map::new();
        for (table, asked) in request.get_mut("RequestItems")?.as_object_mut()? {
            let mut later = asked.clone();
            let kept = list(asked)?;
            let rest = kept.split_off(kept.len().div_ceil(2));
            if rest.is_empty() {
                continue;
            }
            *list(&mut later)? = rest;
            left.insert(table.clone(), later);
        }
        let body = request.to_string().into_bytes();
        (!left.is_empty()).then_some(Self { body, left, told_as })
    }

    pub fn tell(self, answer: &[u8]) -> Answer {
        let mut answer: Value = serde_json::from_slice(answer).map_err(ServiceError::internal)?;
        answer[self.told_as] = Value::Object(self.left);
        encode(&answer)
    }
}

/// The requests about one table: items to write, or an object with keys to read.
fn list(asked: &mut Value) -> Option<&mut Vec<Value>> {
    if asked.is_object() { asked.get_mut("Keys")?.as_array_mut() } else { asked.as_array_mut() }
}

impl Dynamo {
    /// Answers as `execute` would have answered so long ago, from a copy of the tables in which all later
    /// changes are undone. A call that does not read, or reads strongly consistently, never lags.
    pub(crate) fn execute_behind(
        &self,
        by: Duration,
        operation: &str,
        body: &[u8],
    ) -> Result<(Answer, Vec<Charge>), ServiceError> {
        let read: Value = serde_json::from_slice(body).unwrap_or_default();
        let table = read["TableName"].as_str().map(table_name);
        let Some(table) = table.filter(|_| is_eventual(operation, &read)) else {
            return Ok(self.execute(operation, body));
        };
        let undone = self.undoing(table, by)?;
        if undone.is_empty() {
            return Ok(self.execute(operation, body));
        }
        let mut before = self.engine().copy()?;
        for (operation, request) in undone {
            let request = encode(&request)?;
            match operation {
                "PutItem" => writes::put_item(&mut before, &request, &mut Vec::new())?,
                _ => writes::delete_item(&mut before, &request, &mut Vec::new())?,
            };
        }
        let mut charges = Vec::new();
        let answer = match operation {
            "GetItem" => reads::get_item(&mut before, body, &mut charges),
            _ => reads::query(&mut before, body, &mut charges),
        };
        Ok((answer, charges))
    }

    /// The calls that restore each item to its state before the first of its recent changes.
    fn undoing(&self, table: &str, by: Duration) -> Result<Vec<(&'static str, Value)>, ServiceError> {
        let news = match self.stream_records(table, 0, ALL) {
            Ok(news) => news.records,
            Err(error) if error.code == no_stream(table).code => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let since = self.clock.now().as_second() - i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
        let recent = news.iter().map(|record| &record.event["dynamodb"]);
        let recent = recent.filter(|change| change["ApproximateCreationDateTime"].as_i64() >= Some(since));
        let mut undone: Vec<(&Value, &Value)> = Vec::new();
        for change in recent {
            if undone.iter().all(|(keys, _)| **keys != change["Keys"]) {
                undone.push((&change["Keys"], &change["OldImage"]));
            }
        }
        let call = |(keys, old): (&Value, &Value)| match old.is_null() {
            true => ("DeleteItem", json!({ "TableName": table, "Key": keys })),
            false => ("PutItem", json!({ "TableName": table, "Item": old })),
        };
        Ok(undone.into_iter().map(call).collect())
    }
}

fn is_eventual(operation: &str, read: &Value) -> bool {
    matches!(operation, "GetItem" | "Query") && read["ConsistentRead"] != true
}
