//! Items as they lie in the table.

use jiff::Timestamp;
use serde_json::Value;

/// An item's image in the stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Item(pub Value);

/// Partition and sort key.
pub type Key = (String, String);

pub fn key(keys: &Value) -> Key {
    let part = |name: &str| keys[name]["S"].as_str().unwrap_or_default().to_owned();
    (part("pk"), part("sk"))
}

pub fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item.0[name]["S"].as_str().unwrap_or_default()
}

pub fn number(item: &Item, name: &str) -> i64 {
    item.0[name]["N"].as_str().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// A text within maps.
pub fn path<'a>(item: &'a Item, names: &[&str]) -> &'a str {
    let (last, before) = names.split_last().expect("a path has a last name");
    let within = before.iter().fold(&item.0, |value, name| &value[*name]["M"]);
    within[*last]["S"].as_str().unwrap_or_default()
}

/// The kind that an inbound message was understood as.
pub fn reply_kind(message: &Item) -> &str {
    path(message, &["read", "kind"])
}

pub fn instant(item: &Item, name: &str) -> Option<Timestamp> {
    let nanos = item.0[name]["N"].as_str()?.parse().ok()?;
    Timestamp::from_nanosecond(nanos).ok()
}

/// When its writer says that it was written.
pub fn written_at(item: &Item) -> Option<Timestamp> {
    instant(&Item(item.0["ev"]["M"].clone()), "t")
}

/// The lead's characters in the key of its partition.
pub fn lead_of(pk: &str) -> &str {
    pk.split_once("#L#").map_or("", |(_, lead)| lead)
}

/// A yes or no within maps.
pub fn flag(item: &Item, names: &[&str]) -> bool {
    let (last, before) = names.split_last().expect("a path has a last name");
    let within = before.iter().fold(&item.0, |value, name| &value[*name]["M"]);
    within[*last]["BOOL"] == true
}
