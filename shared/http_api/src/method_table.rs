//! Method checks: which methods each path of the route table answers, before anything else looks at the
//! request.
//!
//! API Gateway passes a function every request in its groups. So the table itself says what does not exist:
//! 404 for a path that it does not have, 405 with `Allow` for another method, 204 with `Allow` for `OPTIONS`,
//! to which API Gateway adds the stack's CORS headers. A public route is served only where the request came
//! by its own gateway route: API Gateway throttles that route alone, and an address that is spelled otherwise
//! (`%6Cogin`) comes by the group.

use crate::caller::Access;
use crate::error::ApiError;
use crate::routes::{RouteRow, axum_path};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode};
use lambda_http::request::RequestContext;
use std::collections::BTreeMap;

/// The methods of every path, by the path as the router spells it.
pub(crate) struct MethodTable {
    paths: BTreeMap<String, PathMethods>,
    page_not_found: Option<PageNotFound>,
}

/// Makes the page that people get at an address outside `/api` that does not exist.
pub type PageNotFound = fn() -> Response;

pub(crate) struct PathMethods {
    pattern: String,
    methods: Vec<(Method, Access)>,
}

/// An answer that no handler gives.
pub(crate) struct Refusal {
    pub response: Response,
    pub allow: Option<HeaderValue>,
}

impl MethodTable {
    pub fn of(rows: &[RouteRow], page_not_found: Option<PageNotFound>) -> Self {
        let mut paths = BTreeMap::new();
        for row in rows {
            let path = paths
                .entry(axum_path(&row.path))
                .or_insert_with(|| PathMethods { pattern: row.path.clone(), methods: Vec::new() });
            path.methods.extend(row.methods().map(|method| (method, row.access)));
        }
        Self { paths, page_not_found }
    }

    pub fn at(&self, matched: &str) -> Option<&PathMethods> {
        self.paths.get(matched)
    }

    /// Answers a path that the table does not have.
    pub fn unknown(&self, path: &str) -> Refusal {
        match self.page_not_found.filter(|_| !path.starts_with("/api/")) {
            Some(page) => Refusal { response: page(), allow: None },
            None => Refusal::not_found(),
        }
    }
}

impl PathMethods {
    /// Returns the path as the route table spells it.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// Returns none where a handler answers.
    pub fn refusal(&self, request: &Request) -> Option<Refusal> {
        let method = request.method();
        if let Some((_, access)) = self.methods.iter().find(|(known, _)| known == method) {
            let astray = access.least_role().is_none() && is_group_route(request);
            return astray.then(Refusal::not_found);
        }
        let names: Vec<&str> = self.methods.iter().map(|(method, _)| method.as_str()).collect();
        let names = names.join(", ");
        let response = match *method {
            Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
            _ => {
                let detail = format!("This address accepts {names}.");
                ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail).into_response()
            }
        };
        Some(Refusal { response, allow: HeaderValue::try_from(names).ok() })
    }
}

impl Refusal {
    fn not_found() -> Self {
        let error = ApiError::new(StatusCode::NOT_FOUND, "not_found", "Nothing exists at this address.");
        Self { response: error.into_response(), allow: None }
    }
}

fn is_group_route(request: &Request) -> bool {
    let Some(RequestContext::ApiGatewayV2(context)) = request.extensions().get::<RequestContext>() else {
        return false;
    };
    context.route_key.as_deref().is_some_and(|key| key.starts_with("ANY "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_known_by_the_pattern_of_its_row() {
        let row = |path: &str| RouteRow {
            leads: crate::caller::LeadUse::AllLeads,
            method: Method::GET,
            path: path.to_owned(),
            operation: "get_it".to_owned(),
            access: Access::Rep,
            scope: None,
            and_scope: None,
            other_ids: &[],
        };
        let table = MethodTable::of(&[row("/{proxy+}"), row("/api/leads/{id}")], None);
        assert_eq!(table.at("/{*proxy}").map(PathMethods::pattern), Some("/{proxy+}"));
        assert_eq!(table.at("/api/leads/{id}").map(PathMethods::pattern), Some("/api/leads/{id}"));
        assert!(table.at("/api/leads/lead_1").is_none());
    }
}
