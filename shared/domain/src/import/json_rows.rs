//! Splits a JSON array of objects (or one object a line) into its elements without reading it whole.

use super::synonyms;
use crate::lead::attributes::Target;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use std::fmt;

pub(super) enum Element {
    Complete(usize),
    Unfinished,
    /// A line ends inside a string; the length up to there.
    Broken(usize),
}

/// The length of the brackets, commas and white space between two elements.
pub(super) fn between_elements(text: &str) -> usize {
    let is_between = |b: &u8| matches!(b, b'[' | b']' | b',' | b' ' | b'\t' | b'\n' | b'\r');
    text.bytes().take_while(|b| is_between(b)).count()
}

/// The length of the element that the text begins with.
pub(super) fn element(text: &str, is_last: bool) -> Element {
    let bytes = text.as_bytes();
    let is_object = bytes.first() == Some(&b'{');
    let (mut depth, mut in_text, mut at) = (0u32, false, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if in_text => at += 1,
            b'"' => in_text = !in_text,
            b'\n' if in_text => return Element::Broken(at),
            _ if in_text => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth > 0 => {
                depth -= 1;
                if depth == 0 && is_object {
                    return Element::Complete(at + 1);
                }
            }
            b',' | b'\n' | b']' if !is_object && depth == 0 => return Element::Complete(at),
            _ => {}
        }
        at += 1;
    }
    if is_last && !is_object { Element::Complete(bytes.len()) } else { Element::Unfinished }
}

/// An object's keys in their order, with their values as text.
pub(super) fn pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    if !text.starts_with('{') {
        return Err("is not an object".to_owned());
    }
    let Pairs(pairs) = serde_json::from_str(text).map_err(|error| error.to_string())?;
    Ok(pairs.into_iter().map(|(key, value)| (key, as_text(value))).collect())
}

/// The key of a JSON object whose value is, or has in it, a list of objects or lists: an object around rows. One that
/// has an address or a number itself is a row.
pub(super) fn key_of_rows(text: &str) -> Option<String> {
    let Pairs(pairs) = serde_json::from_str(text).ok()?;
    let is_contact = |(key, value): &(String, Value)| {
        let is_named = matches!(synonyms::target_of(key), Some((Target::Email | Target::Phone, _)));
        is_named && (value.is_string() || value.is_number())
    };
    if pairs.iter().any(is_contact) {
        return None;
    }
    pairs.into_iter().find(|(_, value)| holds_rows(value)).map(|(key, _)| key)
}

fn holds_rows(value: &Value) -> bool {
    match value {
        Value::Array(values) => values.iter().any(|value| value.is_object() || value.is_array()),
        Value::Object(values) => values.values().any(holds_rows),
        _ => false,
    }
}

/// Whether a value of a row is the JSON text of a list of objects or lists.
pub(super) fn is_list_of_objects(text: &str) -> bool {
    text.starts_with("[{") || text.starts_with("[[")
}

/// A value inside an object, with its key and the keys on the way to it.
#[derive(Debug)]
pub(super) struct Leaf {
    pub key: String,
    pub path: String,
    pub text: String,
}

/// The most values of an object that are looked at.
const MOST_LEAVES: usize = 200;

/// The values of an object that is the text of a cell; none if it is no object. A list of plain values is one value.
pub(super) fn leaves(text: &str) -> Option<Vec<Leaf>> {
    let text = text.trim();
    if !text.starts_with('{') || !text.ends_with('}') {
        return None;
    }
    let Pairs(pairs) = serde_json::from_str(text).ok()?;
    let mut leaves = Vec::new();
    add_leaves(&mut leaves, "", pairs);
    Some(leaves)
}

fn add_leaves(leaves: &mut Vec<Leaf>, above: &str, pairs: impl IntoIterator<Item = (String, Value)>) {
    for (key, value) in pairs {
        let path = if above.is_empty() { key.clone() } else { format!("{above} {key}") };
        match value {
            Value::Object(values) => add_leaves(leaves, &path, values),
            _ if leaves.len() >= MOST_LEAVES => return,
            value => leaves.push(Leaf { key, path, text: as_text(value) }),
        }
    }
}

fn as_text(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        Value::Array(values) if values.iter().all(|v| !v.is_array() && !v.is_object()) => {
            values.into_iter().map(as_text).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Pairs;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs: Vec<(String, Value)> = vec![];
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    match pairs.iter_mut().find(|(known, _)| *known == key) {
                        Some(pair) => pair.1 = value,
                        None => pairs.push((key, value)),
                    }
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}
