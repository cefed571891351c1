//! Finds every wrong field of a request. Serde stops at the first one; so what it has found is left out, or something harmless
//! stands in for it, and the rest is read once more. Where a wrong value can be neither left out nor replaced, what
//! stands behind it is not found.

use crate::error::{ApiError, FieldError};
use http::StatusCode;
use serde_json::{Value, json};

/// The largest body that is read again.
const LARGEST: usize = 16 * 1024;
/// How often a request is read again at most.
const MOST_TRIES: usize = 40;

/// Returns the error of a body, if it has one. It reads by the deserializer that has read the body the first time: another one
/// would have all bodies' code once more.
type Look<'a> = &'a dyn Fn(&[u8]) -> Option<ApiError>;

/// Makes the error of a body from its first fault, with the other faults behind it.
pub(crate) fn all_faults(body: &[u8], first: ApiError, look: Look) -> ApiError {
    if first.status != StatusCode::UNPROCESSABLE_ENTITY || body.len() > LARGEST {
        return first;
    }
    let Ok(mut value) = serde_json::from_slice::<Value>(body) else { return first };
    let mut errors = first.errors.clone();
    let mut tries = MOST_TRIES;
    let mut latest = errors.first().cloned();
    while let Some(wrong) = latest.take() {
        let Some(next) = mend(&mut value, &wrong, (look, &mut tries)) else { break };
        // What holds a wrong field may be wrong for want of it.
        if next.field != "." && !errors.iter().any(|known| is_within(&known.field, &next.field)) {
            errors.push(next.clone());
        }
        latest = Some(next);
    }
    ApiError::invalid_fields(errors)
}

/// Leaves a wrong field out or replaces it, and returns the next wrong one. None where nothing else is wrong, or where it cannot
/// be told.
fn mend(value: &mut Value, wrong: &FieldError, (look, tries): (Look, &mut usize)) -> Option<FieldError> {
    let (above, last) = Place::of(&wrong.field)?;
    let mut without = value.clone();
    if let (Some(Value::Object(fields)), Place::Name(name)) = (at(&mut without, &above), &last)
        && fields.remove(name).is_some()
    {
        match next_fault(&without, look, tries)? {
            // It is needed, so that something has to stand in for it.
            Found::Fault(next) if is_within(&next.field, &wrong.field) => {}
            Found::Fault(next) => {
                *value = without;
                return Some(next);
            }
            Found::Nothing => return None,
        }
    }
    for stand_in in stand_ins(&wrong.detail) {
        let mut replaced = value.clone();
        match (at(&mut replaced, &above)?, &last) {
            (Value::Object(fields), Place::Name(name)) => drop(fields.insert(name.clone(), stand_in)),
            (Value::Array(items), Place::Number(number)) => *items.get_mut(*number)? = stand_in,
            _ => return None,
        }
        match next_fault(&replaced, look, tries)? {
            Found::Fault(next) if is_within(&next.field, &wrong.field) => {}
            Found::Fault(next) => {
                *value = replaced;
                return Some(next);
            }
            Found::Nothing => return None,
        }
    }
    None
}

enum Found {
    Nothing,
    Fault(FieldError),
}

/// Reads the value; none where it was tried too often.
fn next_fault(value: &Value, look: Look, tries: &mut usize) -> Option<Found> {
    *tries = tries.checked_sub(1)?;
    match look(value.to_string().as_bytes()) {
        None => Some(Found::Nothing),
        Some(error) => error.errors.into_iter().next().map(Found::Fault),
    }
}

/// What may stand in for a wrong value: the words that are expected in its place, or an empty value of each kind.
fn stand_ins(detail: &str) -> Vec<Value> {
    let words = detail.split_once("expected ").map_or("", |(_, rest)| rest);
    let words = words.split('`').skip(1).step_by(2).take(1).map(|word| json!(word));
    words.chain([json!(""), json!(0), json!(false), json!([]), json!({}), Value::Null]).collect()
}

/// Tells whether a place is another one or below it.
fn is_within(field: &str, outer: &str) -> bool {
    field.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

#[derive(Debug, PartialEq)]
enum Place {
    Name(String),
    Number(usize),
}

impl Place {
    /// Reads a place such as `steps[2].body`: the way to its container, and its last part.
    fn of(field: &str) -> Option<(Vec<Self>, Self)> {
        let mut way = Vec::new();
        for part in field.split('.') {
            let (name, numbers) = part.split_once('[').map_or((part, ""), |(name, rest)| (name, rest));
            if !name.is_empty() {
                way.push(Self::Name(name.to_owned()));
            }
            for number in numbers.split('[').filter(|number| !number.is_empty()) {
                way.push(Self::Number(number.strip_suffix(']')?.parse().ok()?));
            }
        }
        let last = way.pop()?;
        Some((way, last))
    }
}

fn at<'a>(value: &'a mut Value, way: &[Place]) -> Option<&'a mut Value> {
    way.iter().try_fold(value, |value, part| match part {
        Place::Name(name) => value.get_mut(name),
        Place::Number(number) => value.get_mut(number),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json_body::read_json;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Priority {
        Normal,
        High,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what is wrong with them is looked at")]
    struct Task {
        title: String,
        priority: Priority,
        #[serde(default)]
        status: Option<Priority>,
        #[serde(default)]
        steps: Vec<Step>,
        count: u8,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what is wrong with them is looked at")]
    struct Step {
        days: u32,
        body: Option<String>,
    }

    fn fields(body: &Value) -> Vec<String> {
        let body = body.to_string();
        let look = |body: &[u8]| read_json::<Task>(body).err();
        let all = all_faults(body.as_bytes(), look(body.as_bytes()).unwrap(), &look);
        assert_eq!((all.status, all.code), (StatusCode::UNPROCESSABLE_ENTITY, "invalid_value"));
        all.errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn every_wrong_field_is_named() {
        let body = json!({ "priority": "urgent", "status": "x", "count": 300, "colour": "red" });
        let mut found = fields(&body);
        found.sort();
        assert_eq!(found, ["colour", "count", "priority", "status", "title"]);
        let steps = json!([{ "days": "two" }, { "days": 1, "text": "x" }, { "body": 7 }]);
        let body = json!({ "title": "Call", "priority": "high", "count": 1, "steps": steps });
        assert_eq!(fields(&body), ["steps[0].days", "steps[1].text", "steps[2].body", "steps[2].days"]);
    }

    #[test]
    fn one_wrong_field_is_named_alone() {
        for (body, field) in [
            (json!({ "title": "Call", "priority": "high", "count": "many" }), "count"),
            (json!({ "title": "Call", "priority": "urgent", "count": 1 }), "priority"),
            (json!({ "title": "Call", "count": 1 }), "priority"),
            (json!({ "title": "Call", "priority": "high", "count": 1, "steps": 7 }), "steps"),
        ] {
            assert_eq!(fields(&body), [field], "{body}");
        }
    }

    #[test]
    fn body_that_is_no_object_has_one_fault() {
        assert_eq!(fields(&json!([])).len(), 1);
        assert_eq!(fields(&json!("x")).len(), 1);
    }

    #[test]
    fn reading_again_ends_however_much_is_wrong() {
        let steps: Vec<Value> = (0..1_000).map(|_| json!({ "days": "two" })).collect();
        let found = fields(&json!({ "title": "Call", "priority": "high", "count": 1, "steps": steps }));
        assert!((2..=MOST_TRIES).contains(&found.len()), "{}", found.len());
    }
}
