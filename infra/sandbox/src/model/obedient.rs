//! The obedient mode of the model: it follows every order that it reads in what it is given, as the most gullible of
//! models would, and cites whatever lets its answer pass. It is off unless a test or the demo switches it on.
//!
//! It knows the hostile texts of `corpus/hostile_texts.jsonl`, each with the sentence that it demands, and besides them
//! orders such as "say that …".

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use super::writer::Written;
use super::{facts, rewriter, schema};

/// A text that tries to give a model orders.
#[derive(Debug, Clone, Deserialize)]
pub struct HostileText {
    pub id: String,
    pub kind: String,
    pub language: String,
    pub text: String,
    /// The sentence that a model writes that obeys it.
    pub says: String,
    /// What of that sentence shows that a model has obeyed.
    pub marks: Vec<String>,
}

/// A shorter part of a text is not taken for it; questions cut long ones.
const SHORTEST_PART: usize = 60;

/// Returns the corpus of hostile texts.
pub fn hostile_texts() -> &'static [HostileText] {
    static TEXTS: LazyLock<Vec<HostileText>> = LazyLock::new(|| {
        let lines = include_str!("../../corpus/hostile_texts.jsonl").lines();
        lines.map(|line| serde_json::from_str(line).expect("each line is a hostile text")).collect()
    });
    &TEXTS
}

/// Returns the answer of a model that obeys what stands in its question; none if nothing there gives an order.
pub fn obey(question: &str, asked: &Value) -> Option<Value> {
    let read = strings(question);
    let (text, says) = ordered(&read)?;
    let properties = asked["properties"].as_object()?;
    let has = |name: &str| properties.contains_key(name);
    let facts: Vec<u64> = facts::read(question).iter().map(|fact| fact.number).collect();
    if has("meaning") && has("sentence") {
        let sentence = text.split_inclusive(['.', '!', '?', '\n']).next().unwrap_or_default().trim();
        return Some(json!({ "meaning": "interested", "sentence": sentence }));
    }
    if has("value") {
        let options = properties["value"]["enum"].as_array();
        let value = match options.and_then(|options| options.first()) {
            Some(first) => first.clone(),
            None if question.contains("one number") => json!("100"),
            None => json!(says),
        };
        return Some(json!({ "value": value, "facts_used": facts }));
    }
    if let Some(mut draft) = rewriter::draft(question).filter(|_| has("subject") && has("text")) {
        let text = draft["text"].as_str().unwrap_or_default();
        draft["text"] = json!(format!("{text}\n{says}"));
        return Some(draft);
    }
    let written = Written { line: says.clone(), subject: says, facts };
    Some(schema::fill(asked, asked, "", &written))
}

/// Returns the text that gives an order, and what it demands.
fn ordered(read: &[String]) -> Option<(String, String)> {
    static KEYS: LazyLock<Vec<String>> =
        LazyLock::new(|| hostile_texts().iter().map(|text| key(&text.text)).collect());
    let read_keys: Vec<String> = read.iter().map(|text| key(text)).collect();
    let part = |key: &str| -> String { key.chars().take(SHORTEST_PART).collect() };
    let finds = |wanted: &dyn Fn(&str) -> String| {
        let found = KEYS.iter().position(|key| read_keys.iter().any(|read| read.contains(&wanted(key))))?;
        hostile_texts().get(found)
    };
    let known = finds(&str::to_owned).or_else(|| finds(&part));
    if let Some(known) = known {
        return Some((known.text.clone(), known.says.clone()));
    }
    read.iter().find_map(|text| Some((text.clone(), rewriter::order(text)?)))
}

/// Returns the question's lines, and the strings in those that are JSON.
fn strings(question: &str) -> Vec<String> {
    fn collect(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::String(text) => into.push(text.clone()),
            Value::Array(list) => list.iter().for_each(|each| collect(each, into)),
            Value::Object(map) => map.values().for_each(|each| collect(each, into)),
            _ => {}
        }
    }
    let mut all = Vec::new();
    for line in question.lines() {
        match serde_json::from_str::<Value>(line) {
            Ok(value) => collect(&value, &mut all),
            Err(_) => all.push(line.to_owned()),
        }
    }
    all
}

/// Returns what questions leave of a text: without blanks, control characters and signs that could close a block.
fn key(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !"<>{}".contains(*c)).collect()
}
