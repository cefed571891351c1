//! What DynamoDB may do and rarely does: half a batch, and an index that lags behind its table.

use serde_json::{Map, Value, json};

use super::Dynamo;
use super::streams::no_stream;
use crate::names::table_name;
use crate::wire::{Answer, ServiceError, encode};

/// How far an index may be behind.
const LAG_SECONDS: i64 = 5;

/// The first half of a batch, and the rest as it was asked for.
pub(crate) struct HalfBatch {
    pub body: Vec<u8>,
    left: Map<String, Value>,
    told_as: &'static str,
}

impl HalfBatch {
    /// None for what is no batch, or one of a single item.
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

/// What is asked of one table: items to write, or an object with keys to read.
fn list(asked: &mut Value) -> Option<&mut Vec<Value>> {
    if asked.is_object() { asked.get_mut("Keys")?.as_array_mut() } else { asked.as_array_mut() }
}

impl Dynamo {
    /// A query's answer without the items that came into being in the last seconds. Only where an index was asked.
    pub(crate) fn without_news(&self, query: &[u8], answer: Vec<u8>) -> Answer {
        let query: Value = serde_json::from_slice(query).map_err(ServiceError::internal)?;
        let Some(table) = query["TableName"].as_str().filter(|_| query.get("IndexName").is_some()) else {
            return Ok(answer);
        };
        let table = table_name(table);
        let news = match self.stream_records(table, 0, 1_000) {
            Ok(news) => news.records,
            Err(error) if error.code == no_stream(table).code => return Ok(answer),
            Err(error) => return Err(error),
        };
        let since = self.clock.now().as_second() - LAG_SECONDS;
        let fresh: Vec<&Value> = news
            .iter()
            .map(|record| &record.event)
            .filter(|event| event["eventName"] == "INSERT")
            .filter(|event| event["dynamodb"]["ApproximateCreationDateTime"].as_i64() >= Some(since))
            .map(|event| &event["dynamodb"]["Keys"])
            .collect();
        let mut answer: Value = serde_json::from_slice(&answer).map_err(ServiceError::internal)?;
        if let Some(items) = answer["Items"].as_array_mut() {
            let is_fresh = |item: &Value| {
                fresh.iter().any(|keys| {
                    keys.as_object()
                        .is_some_and(|keys| keys.iter().all(|(name, value)| item.get(name) == Some(value)))
                })
            };
            items.retain(|item| !is_fresh(item));
            let count = items.len();
            answer["Count"] = json!(count);
        }
        encode(&answer)
    }
}
