//! Fills a JSON schema with the written line.

use serde_json::{Map, Value, json};

use super::writer::Written;

/// A value that satisfies `schema`; the property's name decides which part of the line it holds.
pub(super) fn fill(schema: &Value, root: &Value, name: &str, written: &Written) -> Value {
    if let Some(target) = schema["$ref"].as_str().and_then(|path| path.strip_prefix('#')) {
        return root.pointer(target).map_or(Value::Null, |found| fill(found, root, name, written));
    }
    if !schema["const"].is_null() {
        return schema["const"].clone();
    }
    if let Some(first) = schema["enum"].as_array().and_then(|options| options.first()) {
        return first.clone();
    }
    if let Some(variants) = schema["anyOf"].as_array() {
        let real = variants.iter().find(|variant| variant["type"] != "null");
        return real.map_or(Value::Null, |variant| fill(variant, root, name, written));
    }
    let name = name.to_lowercase();
    let about_facts =
        ["fact", "source", "used", "evidence", "ground", "cite", "citation"].iter().any(|w| name.contains(w));
    match kind(schema) {
        "object" => {
            let mut object = Map::new();
            for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
                object.insert(key.clone(), fill(inner, root, key, written));
            }
            Value::Object(object)
        }
        "array" if about_facts => {
            let of_text = kind(&schema["items"]) == "string";
            let of_objects = kind(&schema["items"]) == "object";
            let used = written.facts.iter().map(|number| match (of_text, of_objects) {
                (true, _) => json!(number.to_string()),
                (_, true) => fill(&schema["items"], root, "fact", &written.with_only(*number)),
                _ => json!(number),
            });
            used.collect()
        }
        "array" => json!([]),
        "integer" if about_facts => json!(written.facts.first().copied().unwrap_or(0)),
        "integer" => json!(if name.contains("score") { 60 } else { 0 }),
        "number" => json!(if written.facts.is_empty() { 0.2 } else { 0.8 }),
        "boolean" => json!(!written.facts.is_empty()),
        "null" => Value::Null,
        _ if name.contains("lang") => json!("en"),
        _ if name.contains("subject") => json!(written.subject),
        _ => json!(written.line),
    }
}

fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(one) => one,
        Value::Array(several) => {
            several.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null")
        }
        _ if schema["properties"].is_object() => "object",
        _ => "string",
    }
}
