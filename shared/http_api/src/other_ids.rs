//! The ids of other resources that a request acts on, and what a program needs for them.
//!
//! The scopes of a route say which resource its path is about. A body or a query may name another one: a change of leads
//! may enrol them in a campaign. The route's row says of each such field what it does with the id, and this layer asks a
//! program for the scope. It reads the request before the handler does. Where the place of the field cannot be told, as in
//! an object that is sent as a list of its values, the field counts as given: what is refused wrongly is spelled oddly.

use crate::caller::Caller;
use crate::error::ApiError;
use crate::json_body::read_body;
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use domain::workspace::api_key::ApiScope;
use http::Uri;
use serde_json::Value;

/// A field of a body (`action.campaign`) or a query (`query.campaign`) that has the id of another resource.
pub type OtherId = (&'static str, IdUse);

/// What a route does with an id of another resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdUse {
    /// The route acts on the resource, or tells of it: a program needs this scope, too.
    Needs(ApiScope),
    /// Only what the route's own scope is for changes or is shown: the id chooses among it, or is a part of it.
    OwnScope,
}

/// Refuses a program that names an id without the scope that the route demands for it.
pub(crate) async fn check(
    State(ids): State<&'static [OtherId]>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let lacking: Vec<(&str, ApiScope)> = match request.extensions().get::<Caller>() {
        Some(caller) => needed(ids).filter(|(_, scope)| !caller.may(*scope)).collect(),
        None => Vec::new(),
    };
    if lacking.is_empty() {
        return Ok(next.run(request).await);
    }
    let (parts, body) = request.into_parts();
    let bytes = read_body(Request::from_parts(parts.clone(), body), &()).await?;
    // A body that is no JSON may name anything.
    let json: Option<Value> = match bytes.as_ref() {
        [] => Some(Value::Null),
        some => serde_json::from_slice(some).ok(),
    };
    for (field, scope) in lacking {
        let is_named = match field.strip_prefix("query.") {
            Some(name) => query_names(&parts.uri, name),
            None => json.as_ref().is_none_or(|json| names(json, field)),
        };
        if is_named {
            return Err(ApiError::scope_missing(scope));
        }
    }
    Ok(next.run(Request::from_parts(parts, Body::from(bytes))).await)
}

fn needed(ids: &'static [OtherId]) -> impl Iterator<Item = (&'static str, ApiScope)> {
    ids.iter().filter_map(|(field, used)| match used {
        IdUse::Needs(scope) => Some((*field, *scope)),
        IdUse::OwnScope => None,
    })
}

fn query_names(uri: &Uri, name: &str) -> bool {
    let read = Query::<Vec<(String, String)>>::try_from_uri(uri);
    read.is_ok_and(|Query(pairs)| pairs.iter().any(|(named, _)| named == name))
}

/// Tells whether the value has something at this place, or may have.
fn names(value: &Value, place: &str) -> bool {
    match value {
        Value::Null => false,
        Value::Object(_) if place.is_empty() => true,
        Value::Object(fields) => {
            let (name, rest) = place.split_once('.').unwrap_or((place, ""));
            fields.get(name).is_some_and(|inner| names(inner, rest))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn id_is_found_at_its_place_and_nowhere_else() {
        for (body, is_named) in [
            (json!({ "action": { "do": "enrol", "campaign": "camp_1" } }), true),
            (json!({ "action": { "do": "enrol", "campaign": null } }), false),
            (json!({ "action": { "do": "tag", "add": ["campaign"] } }), false),
            (json!({ "campaign": "camp_1", "action": {} }), false),
            (json!({}), false),
            (json!(null), false),
        ] {
            assert_eq!(names(&body, "action.campaign"), is_named, "{body}");
        }
    }

    #[test]
    fn object_that_is_sent_as_a_list_of_its_values_counts_as_naming_the_id() {
        for body in [
            json!([["lead_1"], null, [], null, { "do": "enrol", "campaign": "camp_1" }]),
            json!({ "action": ["enrol", "camp_1"] }),
        ] {
            assert!(names(&body, "action.campaign"), "{body}");
        }
    }

    #[test]
    fn parameter_is_found_under_each_spelling_of_its_name() {
        let names = |uri: &'static str| query_names(&Uri::from_static(uri), "campaign");
        assert!(names("/api/leads/import?campaign=camp_1"));
        assert!(names("/api/leads/import?tag=a&c%61mpaign=camp_1"));
        assert!(!names("/api/leads/import?tag=campaign"));
        assert!(!names("/api/leads/import"));
    }
}
