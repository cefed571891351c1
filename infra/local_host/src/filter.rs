//! A mapping's `FilterCriteria`, which decide what records reach the function at all. Knows the part of the
//! pattern language that the template uses; any other is refused when the template is read.

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Records that match any of these are delivered; without one, all are.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter(Vec<Value>);

impl Filter {
    /// Reads the filter from the resolved properties of an event source.
    pub fn read(properties: &Value) -> Result<Self> {
        let mut patterns = Vec::new();
        for filter in
            properties.pointer("/FilterCriteria/Filters").and_then(Value::as_array).into_iter().flatten()
        {
            let text = filter["Pattern"].as_str().context("a filter has a pattern")?;
            let pattern = serde_json::from_str(text).context("a filter's pattern is JSON")?;
            check(&pattern)?;
            patterns.push(pattern);
        }
        Ok(Self(patterns))
    }

    pub fn lets_through(&self, record: &Value) -> bool {
        self.0.is_empty() || self.0.iter().any(|pattern| matches(pattern, Some(record)))
    }
}

fn check(pattern: &Value) -> Result<()> {
    match pattern {
        Value::Object(fields) => fields.values().try_for_each(check),
        Value::Array(choices) if !choices.is_empty() => choices.iter().try_for_each(|choice| match choice {
            Value::Object(rule) if rule.len() == 1 && rule.get("exists").is_some_and(Value::is_boolean) => {
                Ok(())
            }
            Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => Ok(()),
            other => bail!("a filter's rule {other} is not known to this host"),
        }),
        other => bail!("a filter's field holds a list or more fields, not {other}"),
    }
}

fn matches(pattern: &Value, found: Option<&Value>) -> bool {
    match pattern {
        Value::Object(fields) => {
            fields.iter().all(|(name, inner)| matches(inner, found.and_then(|found| found.get(name))))
        }
        Value::Array(choices) => {
            choices.iter().any(|choice| match choice.get("exists").and_then(Value::as_bool) {
                // `exists` asks for a value: a field that holds more fields counts as absent.
                Some(expected) => found.is_some_and(|found| !found.is_object()) == expected,
                None => found == Some(choice),
            })
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn filter(pattern: Value) -> Result<Filter> {
        Filter::read(&json!({ "FilterCriteria": { "Filters": [{ "Pattern": pattern.to_string() }] } }))
    }

    #[test]
    fn filter_matches_values_and_their_presence() {
        let filter =
            filter(json!({ "eventName": ["INSERT", "MODIFY"], "new": { "ev": [{ "exists": true }] } }))
                .unwrap();
        let record = |name: &str, new: Value| json!({ "eventName": name, "new": new, "more": 1 });
        assert!(filter.lets_through(&record("MODIFY", json!({ "ev": "x" }))));
        assert!(!filter.lets_through(&record("REMOVE", json!({ "ev": "x" }))));
        assert!(!filter.lets_through(&record("INSERT", json!({ "other": "x" }))));
        assert!(!filter.lets_through(&record("INSERT", json!({ "ev": { "deeper": "x" } }))));
        assert!(Filter::default().lets_through(&record("REMOVE", json!({}))));
    }

    #[test]
    fn unknown_filter_pattern_is_refused() {
        assert!(filter(json!({ "a": [{ "prefix": "x" }] })).is_err());
        assert!(filter(json!({ "a": "x" })).is_err());
        assert!(filter(json!({ "a": [{ "exists": false }, null] })).is_ok());
    }
}
