//! No field of a request is silently ignored: each route is sent an unknown field in each place of its body
//! that the API document has, and must name it.

use super::bad_input::send;
use super::story::Story;
use anyhow::{Context, Result};
use http::Method;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const DOCUMENT: &str = include_str!("../../../../openapi.json");
/// The name of the unknown field. It begins with a digit, so that it comes first if the fields of an object
/// are sorted.
const STRANGER: &str = "0_stranger";

struct Schemas<'a>(&'a Map<String, Value>);

impl<'a> Schemas<'a> {
    fn resolve(&self, schema: &'a Value) -> (&'a Value, &'a str) {
        let name = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()).unwrap_or("");
        (self.0.get(name).unwrap_or(schema), name)
    }

    /// The smallest body that the schema allows.
    fn sample(&self, schema: &'a Value) -> Value {
        let (schema, _) = self.resolve(schema);
        if let Some(first) = schema["oneOf"].as_array().and_then(|kinds| kinds.first()) {
            return self.sample(first);
        }
        if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
            return first.clone();
        }
        match schema["type"].as_str() {
            Some("object") => {
                let needed = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
                needed.map(|name| (name.to_owned(), self.sample(&schema["properties"][name]))).collect()
            }
            Some("array") => json!([]),
            Some("integer") => json!(1),
            _ => json!(""),
        }
    }

    /// Bodies with one unknown field each. `above` are the schemas that led here.
    fn strange(&self, schema: &'a Value, above: &mut Vec<&'a str>) -> Vec<Value> {
        let (schema, name) = self.resolve(schema);
        if above.contains(&name) {
            return Vec::new();
        }
        above.push(if name.is_empty() { "inline" } else { name });
        let mut bodies = Vec::new();
        for kind in
            ["oneOf", "anyOf"].into_iter().flat_map(|word| schema[word].as_array().into_iter().flatten())
        {
            bodies.extend(self.strange(kind, above));
        }
        if let Some(parts) = schema["allOf"].as_array() {
            for (number, part) in parts.iter().enumerate() {
                // A body is of one of several kinds: fields that another kind needs are not allowed in it.
                let is_of_kinds = self.resolve(part).0.get("oneOf").is_some();
                let others = parts.iter().enumerate().filter(|(other, _)| *other != number || !is_of_kinds);
                let needed: Vec<Value> = others.map(|(_, part)| self.sample(part)).collect();
                bodies.extend(self.strange(part, above).into_iter().map(|body| with_all(body, &needed)));
            }
        }
        if let Some(items) = schema.get("items") {
            bodies.extend(self.strange(items, above).into_iter().map(|body| json!([body])));
        }
        if let Some(properties) = schema["properties"].as_object() {
            let tags: Map<String, Value> = properties
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), value["enum"].as_array()?.first()?.clone())))
                .collect();
            let mut body = tags.clone();
            body.insert(STRANGER.to_owned(), json!(true));
            bodies.push(Value::Object(body));
            for (name, value) in properties {
                for inner in self.strange(value, above) {
                    let mut body = tags.clone();
                    body.insert(name.clone(), inner);
                    bodies.push(Value::Object(body));
                }
            }
        }
        above.pop();
        bodies
    }
}

fn with_all(mut body: Value, needed: &[Value]) -> Value {
    if let Some(fields) = body.as_object_mut() {
        for other in needed.iter().filter_map(Value::as_object) {
            for (name, value) in other {
                fields.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
    }
    body
}

#[tokio::test]
async fn every_route_names_an_unknown_field() -> Result<()> {
    let story = Story::begin().await?;
    let document: Value = serde_json::from_str(DOCUMENT)?;
    let schemas = Schemas(document["components"]["schemas"].as_object().context("schemas")?);
    let (mut routes, mut places) = (0, 0);
    let mut silent = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().context("paths")? {
        for (method, operation) in operations.as_object().context("operations")? {
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            if body.is_null() {
                continue;
            }
            routes += 1;
            let method = Method::from_bytes(method.to_uppercase().as_bytes())?;
            let path = filled(path);
            for body in schemas.strange(body, &mut Vec::new()) {
                places += 1;
                let (status, problem) =
                    send(&story, method.clone(), &path, "application/json", body.to_string()).await?;
                let field = problem["field"].as_str().unwrap_or("");
                if status != 422 || !field.ends_with(STRANGER) {
                    silent.insert(format!("{method} {path} {body}: {status} {}", problem["detail"]));
                }
            }
        }
    }
    assert!(silent.is_empty(), "{} of {places}:\n{silent:#?}", silent.len());
    assert!(routes > 40 && places > 100, "{routes} routes, {places} places");
    Ok(())
}

/// Fills the path with some id of the kind that it wants.
fn filled(path: &str) -> String {
    const ULID: &str = "01M7HSBBM0YEW9W2K9Z1FK586Z";
    let id = match path.split('/').nth(2).unwrap_or("") {
        "emails" | "messages" => format!("msg_{ULID}{}", &ULID[6..]),
        "inbox" if path.contains("/unmatched/") => format!("unmatched_{ULID}"),
        "inbox" => format!("lead_{ULID}"),
        "settings" if path.contains("/rules") => format!("rule_{ULID}"),
        "settings" => format!("account_{ULID}"),
        "tasks" => format!("task_{ULID}{}", &ULID[6..]),
        "deals" => format!("deal_{ULID}{}", &ULID[6..]),
        "calls" => format!("call_{ULID}{}", &ULID[6..]),
        "ai" if path.contains("/prompts") => "rewrite".to_owned(),
        "team" => format!("user_{ULID}"),
        "prospects" => format!("prospect_search_{ULID}"),
        "targets" => "2026-11".to_owned(),
        "columns" if path.contains("/runs/") => format!("column_run_{ULID}"),
        group => format!("{}_{ULID}", group.trim_end_matches('s')),
    };
    let fill = |part: &str| match part {
        "{lead}" => format!("lead_{ULID}"),
        part if part.starts_with('{') => id.clone(),
        part => part.to_owned(),
    };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}
