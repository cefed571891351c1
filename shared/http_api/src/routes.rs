//! The route table of one function. The router that serves, the OpenAPI document, the template's routes, and the
//! tests with strangers and other tenants are all made from it.

use crate::caller::Access;
use crate::gate::{self, Gate};
use crate::gateway_routes::{GatewayRoute, gateway_routes};
use crate::idempotency;
use crate::method_table::MethodTable;
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

/// The largest body in bytes, unless a route has its own limit.
const BODY_LIMIT: usize = 1024 * 1024;

/// One line of the product's route list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteRow {
    pub method: Method,
    /// The path as API Gateway spells it: `/api/leads/{id}`, `/{proxy+}`.
    pub path: String,
    pub operation: String,
    pub access: Access,
}

impl RouteRow {
    /// Tells whether the gateway lets `HEAD` through: mail filters and link checkers send it for addresses
    /// that are public to `GET`. The handler is the same, and its body is left out.
    pub fn answers_head(&self) -> bool {
        self.method == Method::GET && self.access.least_role().is_none()
    }

    /// Returns every method that reaches the handler.
    pub fn methods(&self) -> impl Iterator<Item = Method> {
        let head = self.answers_head().then_some(Method::HEAD);
        std::iter::once(self.method.clone()).chain(head)
    }
}

/// Makes a handler for `Routes::add`, with everything that its attribute documents.
#[macro_export]
macro_rules! documented_routes {
    ($module:ident :: $handler:ident) => {{
        use $crate::{axum, utoipa};
        $crate::utoipa_axum::routes!($module::$handler)
    }};
}

/// Does what `documented_routes!` does without the documentation: no operation and no schema is linked, because
/// serving needs neither.
#[macro_export]
macro_rules! undocumented_routes {
    ($module:ident :: $handler:ident) => {
        $crate::utoipa_axum::paste! {{
            use $crate::utoipa::Path as _;
            use $crate::utoipa_axum::PathItemExt as _;
            type Declared = $module::[<__path_ $handler>];
            let methods = Declared::methods();
            let mut paths = $crate::utoipa::openapi::path::Paths::new();
            let router = methods.iter().fold($crate::axum::routing::MethodRouter::new(), |router, method| {
                router.on(method.to_method_filter(), $module::$handler)
            });
            let unsaid = $crate::utoipa::openapi::path::Operation::default();
            paths.add_path_operation(Declared::path(), methods, unsaid);
            (Vec::new(), paths, router)
        }}
    };
}

pub struct Routes<A> {
    /// Paths under which API Gateway hands this function every request.
    groups: Vec<&'static str>,
    handlers: Vec<(Access, usize, UtoipaMethodRouter<Arc<A>>)>,
    rows: Vec<RouteRow>,
}

impl<A: Send + Sync + 'static> Default for Routes<A> {
    fn default() -> Self {
        Self::new()
    }
}

impl<A: Send + Sync + 'static> Routes<A> {
    pub fn new() -> Self {
        Self { groups: Vec::new(), handlers: Vec::new(), rows: Vec::new() }
    }

    /// Takes a path, such as `/api/leads`, with all that lies below it: the template needs two routes for its signed-in rows,
    /// however many they are.
    #[must_use]
    pub fn group(mut self, path: &'static str) -> Self {
        self.groups.push(path);
        self
    }

    /// Adds the handlers of one path. None can be added without an answer to who may call it.
    #[must_use]
    pub fn add(self, access: Access, handlers: UtoipaMethodRouter<Arc<A>>) -> Self {
        self.add_with_limit(access, BODY_LIMIT, handlers)
    }

    /// Does what `add` does, for bodies of up to `limit` bytes.
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
        self.handlers.push((access, limit, handlers));
        self
    }

    pub fn rows(&self) -> &[RouteRow] {
        &self.rows
    }

    /// Returns the routes that the template has for this function.
    pub fn gateway_routes(&self) -> Vec<GatewayRoute> {
        gateway_routes(&self.groups, &self.rows)
    }

    /// The group's part of the API document.
    pub fn openapi(self) -> OpenApi {
        let rows = self.rows.clone();
        let mut router = OpenApiRouter::<Arc<A>>::with_openapi(document());
        for (_, _, handlers) in self.handlers {
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

    /// Makes the router that serves: every handler behind its access check, everything inside the error envelope.
    pub fn into_router(self, app: Arc<A>, gate: Gate) -> Router {
        let table = MethodTable::of(&self.rows);
        let mut router = Router::new();
        for (access, limit, (_, paths, methods)) in self.handlers {
            let methods = methods
                .layer::<_, Infallible>(from_fn_with_state(gate.clone(), idempotency::replay))
                .layer::<_, Infallible>(DefaultBodyLimit::max(limit))
                .layer::<_, Infallible>(from_fn_with_state((gate.clone(), access), gate::authorise));
            for path in paths.paths.keys() {
                router = router.route(&axum_path(path), methods.clone());
            }
        }
        router.with_state(app).layer(from_fn_with_state((gate, Arc::new(table)), gate::envelope))
    }
}

/// API Gateway's `{proxy+}` is axum's `{*proxy}`.
pub(crate) fn axum_path(path: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::routing::MethodRouter;
    use http::{Request, StatusCode};
    use tower::ServiceExt;
    use utoipa::openapi::path::Paths;

    mod greet {
        #[utoipa::path(post, path = "/api/greetings/{id}", operation_id = "greet", responses((status = 200)))]
        pub async fn greet() -> &'static str {
            "hello"
        }
    }

    fn listed(paths: &Paths) -> Vec<(String, Method)> {
        let each = |(path, item): (&String, &PathItem)| {
            operations(item).into_iter().map(|(method, _)| (path.clone(), method)).collect::<Vec<_>>()
        };
        paths.paths.iter().flat_map(each).collect()
    }

    #[tokio::test]
    async fn deployed_routes_equal_the_documented_ones() {
        let (schemas, deployed, methods): (Vec<()>, _, MethodRouter<()>) =
            crate::undocumented_routes!(greet::greet);
        let (_, documented, _): (_, _, MethodRouter<()>) = crate::documented_routes!(greet::greet);
        assert_eq!(listed(&deployed), listed(&documented));
        assert!(schemas.is_empty());
        let router = Router::new().route("/api/greetings/{id}", methods);
        let status = |method: &str| {
            let request = Request::builder().method(method).uri("/api/greetings/1").body(Body::empty());
            router.clone().oneshot(request.expect("a request"))
        };
        assert_eq!(status("POST").await.expect("an answer").status(), StatusCode::OK);
        assert_eq!(status("GET").await.expect("an answer").status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}
