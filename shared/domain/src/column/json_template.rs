//! JSON with merge fields in its texts: a value is only ever a part of a text, so it cannot change the JSON around it.

use crate::sequence::merge_fields::{MergeContext, is_of_lead};
use crate::sequence::render::{Escaping, TemplateError, fields_used, render};
use serde_json::Value;
use std::collections::BTreeSet;

/// The merge field of the address that a webhook calls back.
pub const CALLBACK_URL: &str = "callback_url";
pub const LONGEST_JSON: usize = 8_000;
const DEEPEST: usize = 20;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonTemplateError {
    #[error("is longer than {LONGEST_JSON} characters")]
    TooLong,
    #[error("is not JSON")]
    NotJson,
    #[error("has too many levels")]
    TooDeep,
    #[error("names '{0}', which leads do not have")]
    UnknownField(String),
    #[error("'{0}' has no value")]
    Missing(String),
    #[error("{0}")]
    Text(String),
}

impl From<TemplateError> for JsonTemplateError {
    fn from(error: TemplateError) -> Self {
        match error {
            TemplateError::Missing { field } => Self::Missing(field),
            TemplateError::UnknownField { field } => Self::UnknownField(field),
            other => Self::Text(other.to_string()),
        }
    }
}

/// Returns the fields that the texts of a JSON template name.
pub fn names(template: &str) -> Result<BTreeSet<String>, JsonTemplateError> {
    let mut all = BTreeSet::new();
    each_text(&parse(template)?, 0, &mut |text| {
        all.extend(fields_used(text)?);
        Ok(())
    })?;
    Ok(all)
}

/// Returns the fields that a plain text names.
pub fn text_names(template: &str) -> Result<BTreeSet<String>, JsonTemplateError> {
    Ok(fields_used(template)?)
}

/// Checks the names in a template. `further` are known besides the lead's own.
pub fn check_names(names: &BTreeSet<String>, further: &[&str]) -> Result<(), JsonTemplateError> {
    match names.iter().find(|name| !is_of_lead(name) && !further.contains(&name.as_str())) {
        Some(name) => Err(JsonTemplateError::UnknownField(name.clone())),
        None => Ok(()),
    }
}

/// Fills a JSON template with a lead's values.
pub fn fill(template: &str, values: &MergeContext) -> Result<String, JsonTemplateError> {
    Ok(filled(parse(template)?, values)?.to_string())
}

fn parse(template: &str) -> Result<Value, JsonTemplateError> {
    if template.chars().count() > LONGEST_JSON {
        return Err(JsonTemplateError::TooLong);
    }
    serde_json::from_str(template).map_err(|_| JsonTemplateError::NotJson)
}

fn each_text(
    value: &Value,
    depth: usize,
    take: &mut impl FnMut(&str) -> Result<(), JsonTemplateError>,
) -> Result<(), JsonTemplateError> {
    if depth > DEEPEST {
        return Err(JsonTemplateError::TooDeep);
    }
    match value {
        Value::String(text) => take(text),
        Value::Array(items) => items.iter().try_for_each(|item| each_text(item, depth + 1, take)),
        Value::Object(parts) => parts.values().try_for_each(|part| each_text(part, depth + 1, take)),
        _ => Ok(()),
    }
}

fn filled(value: Value, values: &MergeContext) -> Result<Value, JsonTemplateError> {
    Ok(match value {
        Value::String(text) => Value::String(render(&text, values, Escaping::None)?),
        Value::Array(items) => {
            Value::Array(items.into_iter().map(|item| filled(item, values)).collect::<Result<_, _>>()?)
        }
        Value::Object(parts) => {
            let parts = parts.into_iter().map(|(name, part)| Ok((name, filled(part, values)?)));
            Value::Object(parts.collect::<Result<_, JsonTemplateError>>()?)
        }
        other => other,
    })
}

/// Reads the value at a JSON pointer of an answer. None: there is nothing, or nothing that is a text, number or check.
pub fn value_at(answer: &str, pointer: &str) -> Option<String> {
    let answer: Value = serde_json::from_str(answer).ok()?;
    let text = match answer.pointer(pointer)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => (if *yes { "yes" } else { "no" }).to_owned(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

/// Tells whether a text is a JSON pointer: empty, or parts that each begin with a slash.
pub fn is_pointer(text: &str) -> bool {
    (text.is_empty() || text.starts_with('/')) && text.len() <= 200
}
