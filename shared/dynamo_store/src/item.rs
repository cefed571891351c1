//! The conversion between an entity and its item, and the head that every item has.

use crate::keys::{Key, Listing};
use crate::times::{expiry_second, nanos};
use application::{StoreError, StoreResult};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::AccountId;
use domain::event::{Actor, Event, EventKind, UserOrKey};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// An entity that has an item of its own.
pub(crate) trait Stored: Sized {
    const ENTITY: &'static str;
    /// The version of the stored shape, raised when it changes; older ones stay readable.
    const VERSION: u32 = 1;
    /// The scope of its key: `Tenant` or `System`.
    type Scope;
    type Body: Serialize + DeserializeOwned;

    fn key(&self) -> Key<Self::Scope>;
    fn listing(&self) -> Option<Listing> {
        None
    }
    /// Returns the revision of the stored item; 0 if it is not stored yet, or has no revisions.
    fn rev(&self) -> u64 {
        0
    }
    fn expires(&self) -> Option<Timestamp> {
        None
    }
    /// Makes the body to store; `rev` is the revision about to be stored.
    fn body(&self, rev: u64) -> Self::Body;
    fn from_body(body: Self::Body, head: &Head) -> Result<Self, String>;
}

/// The part of an item that is read before its body.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub pk: String,
    pub sk: String,
    pub entity: String,
    pub rev: u64,
}

impl Head {
    pub(crate) fn corrupt(&self, why: impl ToString) -> StoreError {
        StoreError::Corrupt { key: format!("{} {}", self.pk, self.sk), why: why.to_string() }
    }
}

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(crate) fn text_of<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}

pub(crate) fn number_of(item: &Item, name: &str) -> Option<i64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

/// Makes the item as it is written; `rev` and `event` are those of this write.
pub(crate) fn encode<T: Stored>(entity: &T, rev: u64, event: Option<&Event>) -> StoreResult<Item> {
    let key = entity.key();
    let body = entity.body(rev);
    let mut item: Item = serde_dynamo::to_item(&body).map_err(|error| StoreError::Corrupt {
        key: format!("{} {}", key.pk(), key.sk()),
        why: error.to_string(),
    })?;
    drop_nulls(&mut item);
    item.insert("pk".into(), text(key.pk()));
    item.insert("sk".into(), text(key.sk()));
    item.insert("entity".into(), text(T::ENTITY));
    item.insert("v".into(), number(T::VERSION));
    item.insert("rev".into(), number(rev));
    if let Some(event) = event {
        item.insert("ev".into(), encode_event(event)?);
    }
    if let Some(listing) = entity.listing() {
        item.insert("lpk".into(), text(listing.pk()));
        item.insert("lsk".into(), text(listing.sk()));
    }
    if let Some(at) = entity.expires() {
        item.insert("ttl".into(), number(expiry_second(at)));
    }
    Ok(item)
}

pub(crate) fn head(item: &Item) -> StoreResult<Head> {
    let head = Head {
        pk: text_of(item, "pk").unwrap_or_default().to_owned(),
        sk: text_of(item, "sk").unwrap_or_default().to_owned(),
        entity: text_of(item, "entity").unwrap_or_default().to_owned(),
        rev: number_of(item, "rev").and_then(|rev| u64::try_from(rev).ok()).unwrap_or(0),
    };
    if head.pk.is_empty() || head.sk.is_empty() {
        return Err(head.corrupt("has no key"));
    }
    Ok(head)
}

pub(crate) fn decode<T: Stored>(item: Item) -> StoreResult<T> {
    let head = head(&item)?;
    if head.entity != T::ENTITY {
        return Err(head.corrupt(format!("is '{}' where '{}' was looked for", head.entity, T::ENTITY)));
    }
    match number_of(&item, "v") {
        Some(version) if (1..=i64::from(T::VERSION)).contains(&version) => {}
        other => return Err(head.corrupt(format!("has version {other:?}"))),
    }
    let body = read_body(item, &head)?;
    T::from_body(body, &head).map_err(|why| head.corrupt(why))
}

/// Reads a body alone, for an image of the index, which carries no head beyond the keys.
pub(crate) fn read_body<B: DeserializeOwned>(mut item: Item, head: &Head) -> StoreResult<B> {
    for name in ["pk", "sk", "entity", "v", "rev", "ev", "lpk", "lsk", "ttl"] {
        item.remove(name);
    }
    serde_dynamo::from_item(item).map_err(|error| head.corrupt(error))
}

fn drop_nulls(item: &mut Item) {
    item.retain(|_, value| !value.is_null());
    for value in item.values_mut() {
        drop_nulls_within(value);
    }
}

fn drop_nulls_within(value: &mut AttributeValue) {
    match value {
        AttributeValue::M(map) => drop_nulls(map),
        AttributeValue::L(list) => list.iter_mut().for_each(drop_nulls_within),
        _ => {}
    }
}

/// The stored event: kind, actor, cause, time.
#[derive(Serialize, Deserialize)]
struct EventItem {
    k: String,
    a: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    c: Option<String>,
    #[serde(with = "nanos")]
    t: Timestamp,
}

pub(crate) fn encode_event(event: &Event) -> StoreResult<AttributeValue> {
    let actor = match &event.actor {
        Actor::User(id) => id.to_string(),
        Actor::Key(id) => id.to_string(),
        Actor::Provider(id) => id.to_string(),
        Actor::Lead => "lead".to_owned(),
        Actor::System => "system".to_owned(),
    };
    let stored =
        EventItem { k: event.kind.as_str().to_owned(), a: actor, c: event.cause.clone(), t: event.at };
    serde_dynamo::to_attribute_value(stored)
        .map_err(|error| StoreError::Corrupt { key: "event".to_owned(), why: error.to_string() })
}

/// Reads the event of an item's latest change, where its kind has events.
pub(crate) fn event_of(item: &Item, head: &Head) -> StoreResult<Option<Event>> {
    let Some(stored) = item.get("ev") else { return Ok(None) };
    let stored: EventItem =
        serde_dynamo::from_attribute_value(stored.clone()).map_err(|error| head.corrupt(error))?;
    let actor = match stored.a.as_str() {
        "lead" => Actor::Lead,
        "system" => Actor::System,
        other => match (UserOrKey::parse(other), AccountId::parse(other)) {
            (Ok(by), _) => by.actor(),
            (_, Ok(account)) => Actor::Provider(account),
            _ => return Err(head.corrupt(format!("event by '{other}'"))),
        },
    };
    let kind = EventKind::parse(&stored.k).unwrap_or(EventKind::Unknown);
    Ok(Some(Event { kind, actor, cause: stored.c, at: stored.t }))
}

/// Defines the stored shape of an entity whose fields are stored under their own names; ids included.
macro_rules! plain_item {
    ($item:ident of $entity:ident, $($rest:tt)*) => {
        plain_item!(@fields $item, $entity, $($rest)*);
    };
    (@fields $item:ident, $entity:ident, rev, { $($(#[$attribute:meta])* $field:ident: $type:ty),+ $(,)? }) => {
        #[derive(serde::Serialize, serde::Deserialize)]
        pub(crate) struct $item { $($(#[$attribute])* $field: $type),+ }

        impl $item {
            pub(crate) fn of(entity: &$entity) -> Self {
                Self { $($field: entity.$field.clone()),+ }
            }
            pub(crate) fn into_entity(self, rev: u64) -> $entity {
                $entity { $($field: self.$field,)+ rev }
            }
        }
    };
    (@fields $item:ident, $entity:ident, { $($(#[$attribute:meta])* $field:ident: $type:ty),+ $(,)? }) => {
        #[derive(serde::Serialize, serde::Deserialize)]
        pub(crate) struct $item { $($(#[$attribute])* $field: $type),+ }

        impl $item {
            pub(crate) fn of(entity: &$entity) -> Self {
                Self { $($field: entity.$field.clone()),+ }
            }
            pub(crate) fn into_entity(self) -> $entity {
                $entity { $($field: self.$field),+ }
            }
        }
    };
}
pub(crate) use plain_item;
