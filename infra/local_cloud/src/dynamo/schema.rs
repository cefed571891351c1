//! The key attributes of a table and of its indexes, which charging and paging need to know.

use std::collections::HashMap;
use std::sync::Arc;

use dynoxide::storage::Storage;
use dynoxide::{AttributeValue, Item};
use serde::Deserialize;

use crate::wire::ServiceError;

pub(super) struct Schema {
    pub hash: String,
    pub range: Option<String>,
    pub indexes: Vec<Index>,
}

pub(super) struct Index {
    pub name: String,
    pub hash: String,
    pub range: Option<String>,
    /// Attributes carried beside the keys; all of them when `None`.
    pub carried: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyElement {
    attribute_name: String,
    key_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct IndexDefinition {
    index_name: String,
    key_schema: Vec<KeyElement>,
    projection: Projection,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Projection {
    projection_type: Option<String>,
    non_key_attributes: Option<Vec<String>>,
}

/// Schemas of the tables seen so far.
#[derive(Default)]
pub(super) struct Schemas(HashMap<String, Arc<Schema>>);

impl Schemas {
    /// The schema of a table; `None` if there is no such table.
    pub(super) fn of(&mut self, storage: &Storage, table: &str) -> Result<Option<Arc<Schema>>, ServiceError> {
        if let Some(schema) = self.0.get(table) {
            return Ok(Some(schema.clone()));
        }
        let Some(meta) = storage.get_table_metadata(table)? else { return Ok(None) };
        let (hash, range) = keys(parse(&meta.key_schema)?);
        let mut indexes = Vec::new();
        for json in [&meta.gsi_definitions, &meta.lsi_definitions].into_iter().flatten() {
            indexes.extend(parse::<Vec<IndexDefinition>>(json)?.into_iter().map(index));
        }
        let schema = Arc::new(Schema { hash, range, indexes });
        self.0.insert(table.to_owned(), schema.clone());
        Ok(Some(schema))
    }

    /// Forgets the schemas after a table was created, changed or deleted.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

impl Schema {
    /// The item's own key attributes.
    pub(super) fn key_of(&self, item: &Item) -> Item {
        let names = std::iter::once(&self.hash).chain(&self.range);
        names.filter_map(|name| Some((name.clone(), item.get(name)?.clone()))).collect()
    }

    /// Partition and sort key as text, for the ledger.
    pub(super) fn labels(&self, item: &Item) -> (Option<String>, Option<String>) {
        let label = |name: &String| item.get(name).map(label);
        (label(&self.hash), self.range.as_ref().and_then(label))
    }

    /// The item with this key as it is stored now.
    pub(super) fn stored(
        &self,
        storage: &Storage,
        table: &str,
        key: &Item,
    ) -> Result<Option<Item>, ServiceError> {
        let text = |name: &String| key.get(name).and_then(AttributeValue::to_key_string);
        let Some(hash) = text(&self.hash) else { return Ok(None) };
        let range = self.range.as_ref().and_then(text).unwrap_or_default();
        match storage.get_item(table, &hash, &range)? {
            Some(json) => serde_json::from_str(&json).map(Some).map_err(ServiceError::internal),
            None => Ok(None),
        }
    }
}

pub(super) fn label(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.clone(),
        AttributeValue::B(bytes) => hex::encode(bytes),
        _ => String::new(),
    }
}

fn index(definition: IndexDefinition) -> Index {
    let (hash, range) = keys(definition.key_schema);
    let carried = match definition.projection.projection_type.as_deref() {
        Some("ALL") | None => None,
        Some("KEYS_ONLY") => Some(Vec::new()),
        Some(_) => Some(definition.projection.non_key_attributes.unwrap_or_default()),
    };
    Index { name: definition.index_name, hash, range, carried }
}

fn keys(elements: Vec<KeyElement>) -> (String, Option<String>) {
    let (mut hash, mut range) = (String::new(), None);
    for element in elements {
        match element.key_type.as_str() {
            "HASH" => hash = element.attribute_name,
            _ => range = Some(element.attribute_name),
        }
    }
    (hash, range)
}

fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, ServiceError> {
    serde_json::from_str(json).map_err(ServiceError::internal)
}
