//! The permissions that a DynamoDB request needs, read from its tables and indexes before it runs.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::names::{index_arn, table_arn, table_name};
use crate::wire::{ServiceError, decode};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Targets<'a> {
    #[serde(borrow)]
    table_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    index_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    request_items: Option<BTreeMap<Cow<'a, str>, IgnoredAny>>,
    #[serde(borrow)]
    transact_items: Option<Vec<BTreeMap<Cow<'a, str>, Option<Action<'a>>>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Action<'a> {
    #[serde(borrow)]
    table_name: Option<Cow<'a, str>>,
}

pub(super) fn permissions(operation: &str, body: &[u8]) -> Result<Vec<(String, String)>, ServiceError> {
    let targets: Targets<'_> = decode(body)?;
    let on_table =
        |operation: &str, table: &str| (format!("dynamodb:{operation}"), table_arn(table_name(table)));
    let mut needed: Vec<(String, String)> = Vec::new();
    if let Some(items) = targets.transact_items {
        for (kind, action) in items.into_iter().flatten() {
            let operation = match &*kind {
                "Get" => "GetItem",
                "Put" => "PutItem",
                "Update" => "UpdateItem",
                "Delete" => "DeleteItem",
                _ => "ConditionCheckItem",
            };
            if let Some(table) = action.and_then(|action| action.table_name) {
                needed.push(on_table(operation, &table));
            }
        }
    } else if let Some(tables) = targets.request_items {
        needed.extend(tables.keys().map(|table| on_table(operation, table)));
    } else if let Some(table) = targets.table_name {
        needed.push(match targets.index_name {
            Some(index) => (format!("dynamodb:{operation}"), index_arn(table_name(&table), &index)),
            None => on_table(operation, &table),
        });
    } else {
        needed.push((format!("dynamodb:{operation}"), table_arn("*")));
    }
    needed.sort();
    needed.dedup();
    Ok(needed)
}
