//! Tells which field of a JSON body is wrong, and how. It parses serde's error texts, which are all that serde gives.

use crate::error::ApiError;
use http::StatusCode;
use serde_json::error::Category;

/// The longest field name that an error quotes: names come from the caller.
const LONGEST_NAME: usize = 60;
/// The least similarity, of 1, with which another field is suggested.
const ALIKE: f64 = 0.8;

/// Makes a 400 where the body is no JSON, else a 422 with the field. `path` leads to the place; `.` is the body
/// itself.
pub(crate) fn fault(path: &str, cause: &serde_json::Error) -> ApiError {
    let text = cause.to_string();
    if cause.classify() != Category::Data {
        return ApiError::new(StatusCode::BAD_REQUEST, "malformed_json", format!("Not valid JSON: {text}."));
    }
    let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    if let Some((name, known)) = unknown_field(reason) {
        let name: String = name.chars().take(LONGEST_NAME).collect();
        // A type that is read twice, such as a step with its kind, is reported at its container.
        let field = match path.rsplit(['.', ']']).next() {
            Some(last) if last.starts_with(&name) => path[..path.len() - last.len()].to_owned() + &name,
            _ => below(path, &name),
        };
        return ApiError::invalid(field, no_such_field(&name, &known));
    }
    let missing = reason.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    ApiError::invalid(missing.map_or_else(|| path.to_owned(), |name| below(path, name)), reason)
}

fn below(path: &str, name: &str) -> String {
    if path == "." { name.to_owned() } else { format!("{path}.{name}") }
}

/// Returns the unknown field's name, and the fields that are known in its place.
fn unknown_field(reason: &str) -> Option<(&str, Vec<&str>)> {
    let rest = reason.strip_prefix("unknown field `")?;
    if let Some(name) = rest.strip_suffix("`, there are no fields") {
        return Some((name, Vec::new()));
    }
    // Serde writes "expected `a`", "expected `a` or `b`", "expected one of `a`, `b`, `c`"; anything may stand before
    // it.
    let (name, expected) = rest.rsplit_once("`, expected ")?;
    Some((name, expected.split('`').skip(1).step_by(2).collect()))
}

fn no_such_field(name: &str, known: &[&str]) -> String {
    let alike = known.iter().map(|other| (strsim::jaro_winkler(name, other), other));
    let nearest = alike.filter(|(like, _)| *like >= ALIKE).max_by(|a, b| a.0.total_cmp(&b.0));
    let meant = nearest.map(|(_, other)| format!(" Did you mean {other}?")).unwrap_or_default();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    format!("There is no such field.{meant} Known here: {known}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[serde(rename = "mailbox_ids")]
        _mailbox_ids: Vec<String>,
        #[serde(default, rename = "steps")]
        _steps: Vec<Step>,
    }

    #[derive(Debug, Deserialize)]
    struct Step {
        #[serde(rename = "delay")]
        _delay: u32,
        #[serde(flatten)]
        _kind: Kind,
    }

    #[derive(Debug, Deserialize)]
    #[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
    enum Kind {
        End {},
    }

    /// Returns the field and the reason of a refusal.
    fn refused(body: &str) -> (String, String) {
        let mut json = serde_json::Deserializer::from_str(body);
        let error = serde_path_to_error::deserialize::<_, Body>(&mut json).expect_err(body);
        let path = error.path().to_string();
        let fault = fault(&path, error.inner());
        assert_eq!(fault.status, 422, "{body}");
        (fault.errors[0].field.clone(), fault.errors[0].detail.clone())
    }

    #[test]
    fn unknown_field_is_named_with_the_nearest_known_one() {
        let (field, reason) = refused(r#"{"mailbox_id":"con_1"}"#);
        assert_eq!(field, "mailbox_id");
        let expected = "There is no such field. Did you mean mailbox_ids? Known here: mailbox_ids, steps.";
        assert_eq!(reason, expected);
        let (field, reason) = refused(r#"{"`, expected `steps`":1}"#);
        assert!(field.starts_with('`') && !reason.contains("mean"), "{field}: {reason}");
        let (field, _) = refused(&format!(r#"{{"{}":1}}"#, "é".repeat(100)));
        assert_eq!(field.chars().count(), LONGEST_NAME, "and not all that was sent");
    }

    #[test]
    fn unknown_field_in_a_flattened_type_is_named_by_its_path() {
        let (field, reason) =
            refused(r#"{"mailbox_ids":[],"steps":[{"delay":1,"kind":"end","body":"Bye"}]}"#);
        assert_eq!(field, "steps[0].body");
        assert_eq!(reason, "There is no such field. Known here: none.");
    }

    #[test]
    fn missing_field_and_wrong_value_are_named_by_their_path() {
        assert_eq!(refused("{}").0, "mailbox_ids");
        assert_eq!(refused(r#"{"mailbox_ids":[7]}"#).0, "mailbox_ids[0]");
        let (field, reason) = refused(r#"{"mailbox_ids":[],"steps":[{"kind":"end"}]}"#);
        assert_eq!((field.as_str(), reason.as_str()), ("steps[0].delay", "missing field `delay`"));
    }
}
