//! The route table of one function. The router that serves, the OpenAPI document, the template's routes and the tests
//! of strangers and tenants are all read from it.

use crate::caller::Access;
use crate::gate::{self, Gate};
use crate::idempotency;
use crate::openapi::{answers_problems, document};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use http::Method;
use std::convert::Infallible;
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

/// Bodies above this are refused unless a route says otherwise.
const BODY_LIMIT: usize = 1024 * 1024;

/// One line of the product's route list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteRow {
    pub method: Method,
    /// As API Gateway spells it: `/api/leads/{id}`, `/{proxy+}`.
    pub path: String,
    pub operation: String,
    pub access: Access,
}

pub struct Routes<A> {
    groups: Vec<(Access, usize, UtoipaMethodRouter<Arc<A>>)>,
    rows: Vec<RouteRow>,
}

impl<A: Send + Sync + 'static> Default for Routes<A> {
    fn default() -> Self {
        Self::new()
    }
}

impl<A: Send + Sync + 'static> Routes<A> {
    pub fn new() -> Self {
        Self { groups: Vec::new(), rows: Vec::new() }
    }

    /// Adds the handlers of one path. There is no way to add one without saying who may call it.
    #[must_use]
    pub fn add(self, access: Access, handlers: UtoipaMethodRouter<Arc<A>>) -> Self {
        self.add_with_limit(access, BODY_LIMIT, handlers)
    }

    /// As `add`, for bodies of up to `limit` bytes.
    #[must_use]
    pub fn add_with_limit(
        mut self,
        access: Access,
        limit: usize,
        handlers: UtoipaMethodRouter<Arc<A>>,
    ) -> Self {
        for (path, item) in &handlers.1.paths {
            for (method, operation) in operations(item) {
                let operation = operation.operation_id.clone().unwrap_or_default();
                self.rows.push(RouteRow { method, path: path.clone(), operation, access });
            }
        }
        self.groups.push((access, limit, handlers));
        self
    }

    pub fn rows(&self) -> &[RouteRow] {
        &self.rows
    }

    /// What this group adds to the document.
    pub fn openapi(self) -> OpenApi {
        let rows = self.rows.clone();
        let mut router = OpenApiRouter::<Arc<A>>::with_openapi(document());
        for (_, _, handlers) in self.groups {
            router = router.routes(handlers);
        }
        let mut document = router.into_openapi();
        for row in &rows {
            let item = document.paths.paths.get_mut(&row.path);
            let Some(operation) = item.and_then(|item| of(item, &row.method)) else { continue };
            answers_problems(operation);
            if row.access.least_role().is_some() {
                let bearer = utoipa::openapi::SecurityRequirement::new("bearer", Vec::<String>::new());
                operation.security = Some(vec![bearer]);
            }
        }
        document
    }

    /// The router that serves: every handler behind its access check, everything inside the error envelope.
    pub fn into_router(self, app: Arc<A>, gate: Gate) -> Router {
        let mut router = Router::new();
        for (access, limit, (_, paths, methods)) in self.groups {
            let methods = methods
                .layer::<_, Infallible>(from_fn_with_state(gate.clone(), idempotency::replay))
                .layer::<_, Infallible>(DefaultBodyLimit::max(limit))
                .layer::<_, Infallible>(from_fn_with_state((gate.clone(), access), gate::authorise));
            for path in paths.paths.keys() {
                router = router.route(&axum_path(path), methods.clone());
            }
        }
        router.with_state(app).layer(from_fn_with_state(gate, gate::envelope))
    }
}

/// API Gateway's `{proxy+}` is axum's `{*proxy}`.
fn axum_path(path: &str) -> String {
    path.replace("{proxy+}", "{*proxy}")
}

fn operations(item: &PathItem) -> Vec<(Method, &Operation)> {
    let all = [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| operation.as_ref().map(|op| (method, op))).collect()
}

fn of<'a>(item: &'a mut PathItem, method: &Method) -> Option<&'a mut Operation> {
    match *method {
        Method::GET => item.get.as_mut(),
        Method::POST => item.post.as_mut(),
        Method::PUT => item.put.as_mut(),
        Method::PATCH => item.patch.as_mut(),
        Method::DELETE => item.delete.as_mut(),
        _ => None,
    }
}
