//! Reads the parameters of a query, and names every one that is wrong. What was found wrong is left out, and the rest is read once
//! more. A parameter that is missing ends that: nothing can stand in for it.

use crate::error::{ApiError, FieldError};
use axum::extract::Query;
use http::Uri;
use serde::de::DeserializeOwned;

/// The most parameters that are named.
const MOST_FAULTS: usize = 20;

pub(crate) fn read_query<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    read(query).map_err(|first| all_faults(query, first, &|rest| read::<T>(rest).err()))
}

fn all_faults(query: &str, first: Fault, look: &dyn Fn(&str) -> Option<Fault>) -> ApiError {
    let mut wrong = vec![first];
    let mut rest: Vec<&str> = query.split('&').collect();
    while let Some(latest) = wrong.last().filter(|_| wrong.len() < MOST_FAULTS) {
        let before = rest.len();
        rest.retain(|part| !is_named(part, &latest.name));
        match look(&rest.join("&")) {
            Some(next) if rest.len() < before && wrong.iter().all(|known| known.name != next.name) => {
                wrong.push(next);
            }
            _ => break,
        }
    }
    let field = |fault: Fault| FieldError { field: format!("query.{}", fault.name), detail: fault.detail };
    ApiError::invalid_fields(wrong.into_iter().map(field).collect())
}

struct Fault {
    name: String,
    detail: String,
}

fn read<T: DeserializeOwned>(query: &str) -> Result<T, Fault> {
    let Ok(uri) = Uri::builder().path_and_query(format!("/?{query}")).build() else {
        return Err(Fault { name: "query".to_owned(), detail: "cannot be read".to_owned() });
    };
    Query::<T>::try_from_uri(&uri).map(|Query(read)| read).map_err(|error| {
        let text = error.body_text();
        let text = text.rsplit_once("query string: ").map_or(text.as_str(), |(_, rest)| rest);
        let named = |kind: &str| {
            Some(text.strip_prefix(kind)?.strip_prefix(" field `")?.split('`').next()?.to_owned())
        };
        if let Some(name) = named("missing") {
            return Fault { name, detail: "is required".to_owned() };
        }
        if let Some(name) = named("duplicate") {
            return Fault { name, detail: "is given twice".to_owned() };
        }
        let (name, detail) = text.split_once(": ").unwrap_or(("query", text));
        Fault { name: name.to_owned(), detail: detail.to_owned() }
    })
}

/// Tells whether a part of the query is this parameter, however its name is spelled.
fn is_named(part: &str, name: &str) -> bool {
    let pairs = read::<Vec<(String, String)>>(part);
    pairs.is_ok_and(|pairs| pairs.iter().any(|(named, _)| named == name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only what is wrong with them is looked at")]
    struct Asked {
        lead: String,
        limit: Option<u8>,
        page: Option<u8>,
        tag: Option<String>,
    }

    fn wrong(query: &str) -> Vec<(String, String)> {
        let error = read_query::<Asked>(query).unwrap_err();
        assert_eq!((error.status.as_u16(), error.code), (422, "invalid_value"));
        error.errors.into_iter().map(|error| (error.field, error.detail)).collect()
    }

    #[test]
    fn every_wrong_parameter_is_named() {
        let fields: Vec<String> =
            wrong("limit=many&p%61ge=-1&lead=1&tag=a").into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["query.limit", "query.page"]);
        let found = wrong("limit=many");
        assert_eq!(found[0].0, "query.limit");
        assert_eq!(found[1], ("query.lead".to_owned(), "is required".to_owned()));
    }

    #[test]
    fn missing_and_repeated_parameter_is_named_itself() {
        assert_eq!(wrong(""), [("query.lead".to_owned(), "is required".to_owned())]);
        assert_eq!(wrong("lead=1&tag=a&tag=b"), [("query.tag".to_owned(), "is given twice".to_owned())]);
    }
}
