//! The route table of one function. The router that serves, the OpenAPI document, the template's routes, and the
//! tests with strangers and other tenants are all made from it.

use crate::caller::{Access, LeadUse, RouteAccess};
use crate::gate::{self, Gate, Rule};
use crate::gateway_routes::{GatewayRoute, gateway_routes};
use crate::idempotency;
use crate::method_table::{MethodTable, PageNotFound};
use crate::openapi::{answers_problems, document};
use crate::other_ids::{self, OtherId};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::MethodRouter;
use domain::workspace::api_key::ApiScope;
use http::Method;
use std::convert::Infallible;
use std::sync::Arc;
use utoipa::openapi::path::{HttpMethod, Operation, PathItem};
use utoipa::openapi::{OpenApi, SecurityRequirement};
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
    /// The part of the leads that the route touches.
    pub leads: LeadUse,
    /// The scope that an API key needs; none if no key may call the route.
    pub scope: Option<ApiScope>,
    /// A scope that an API key needs besides.
    pub and_scope: Option<ApiScope>,
    /// The fields of its body and query that have ids of other resources.
    pub other_ids: &'static [OtherId],
}

/// The scopes of API keys for a group of routes: one for what only reads, and one for what changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyScopes {
    pub read: ApiScope,
    pub write: ApiScope,
}

impl KeyScopes {
    pub(crate) fn needed_for(self, method: &Method) -> ApiScope {
        if *method == Method::GET { self.read } else { self.write }
    }
}

impl RouteRow {
    /// Tells whether the gateway lets `HEAD` through: mail filters, link checkers and uptime monitors send it
    /// for addresses that are public to `GET`. The handler is the same, and its body is left out. Nobody links
    /// to what is below `/api/`, so `HEAD` is not answered there.
    pub fn answers_head(&self) -> bool {
        self.method == Method::GET && self.access.least_role().is_none() && !self.path.starts_with("/api/")
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
        $crate::PathHandlers::documented($crate::utoipa_axum::routes!($module::$handler))
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
            let router = methods.iter().fold($crate::axum::routing::MethodRouter::new(), |router, method| {
                router.on(method.to_method_filter(), $module::$handler)
            });
            $crate::PathHandlers::undocumented(Declared::path(), methods, router)
        }}
    };
}

/// The handlers of one path, as `routes!` makes them.
pub struct PathHandlers<A> {
    path: String,
    /// Each method with the name of its operation, which is empty where it is not documented.
    operations: Vec<(Method, String)>,
    router: MethodRouter<Arc<A>>,
    document: Option<Document<A>>,
}

/// Adds operations and their schemas to a document. A program that only serves links none of them.
type Document<A> = Box<dyn FnOnce(OpenApiRouter<Arc<A>>) -> OpenApiRouter<Arc<A>>>;

impl<A: Send + Sync + 'static> PathHandlers<A> {
    #[doc(hidden)]
    pub fn documented(handlers: UtoipaMethodRouter<Arc<A>>) -> Self {
        let (path, item) =
            handlers.1.paths.first_key_value().expect("a handler has its path in its attribute");
        let operations = operations(item).into_iter();
        let operations = operations
            .map(|(method, operation)| (method, operation.operation_id.clone().unwrap_or_default()));
        Self {
            path: path.clone(),
            operations: operations.collect(),
            router: handlers.2.clone(),
            document: Some(Box::new(|document| document.routes(handlers))),
        }
    }

    #[doc(hidden)]
    pub fn undocumented(path: String, methods: Vec<HttpMethod>, router: MethodRouter<Arc<A>>) -> Self {
        let operations = methods.into_iter().map(|method| (method_of(method), String::new())).collect();
        Self { path, operations, router, document: None }
    }
}

fn method_of(method: HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Options => Method::OPTIONS,
        HttpMethod::Head => Method::HEAD,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Trace => Method::TRACE,
    }
}

pub struct Routes<A> {
    /// Paths under which API Gateway hands this function every request.
    groups: Vec<&'static str>,
    handlers: Vec<Handlers<A>>,
    rows: Vec<RouteRow>,
    page_not_found: Option<PageNotFound>,
    /// The scopes of the rows that are added next.
    scopes: Option<KeyScopes>,
}

struct Handlers<A> {
    access: RouteAccess,
    scopes: Option<KeyScopes>,
    body_limit: usize,
    of_path: PathHandlers<A>,
}

/// The handlers of one path behind what is checked before them.
struct Served {
    path: String,
    rule: Rule,
    body_limit: usize,
    methods: MethodRouter,
}

impl<A: Send + Sync + 'static> Default for Routes<A> {
    fn default() -> Self {
        Self::new()
    }
}

impl<A: Send + Sync + 'static> Routes<A> {
    pub fn new() -> Self {
        Self {
            groups: Vec::new(),
            handlers: Vec::new(),
            rows: Vec::new(),
            page_not_found: None,
            scopes: None,
        }
    }

    /// Takes a path, such as `/api/leads`, with all that lies below it: the template needs two routes for its signed-in rows,
    /// however many they are.
    #[must_use]
    pub fn group(mut self, path: &'static str) -> Self {
        self.groups.push(path);
        self
    }

    /// Answers people at an address outside `/api` that does not exist with this page: they have followed a link that was cut or
    /// changed on its way. Without this the answer is a problem document, as for programs.
    #[must_use]
    pub fn page_not_found(mut self, page: PageNotFound) -> Self {
        self.page_not_found = Some(page);
        self
    }

    /// Lets programs call the rows that follow, with an API key that has the scope `read` or `write`. Without this, no
    /// key may call a route.
    #[must_use]
    pub fn for_keys(mut self, read: ApiScope, write: ApiScope) -> Self {
        self.scopes = Some(KeyScopes { read, write });
        self
    }

    /// Keeps programs from the rows that follow: only users call them.
    #[must_use]
    pub fn for_users_only(mut self) -> Self {
        self.scopes = None;
        self
    }

    /// Adds the handlers of one path. None can be added without an answer to who may call it. Users who do not see all
    /// leads may not, unless the access says what the route touches of leads (`Access::narrowed` and its neighbours).
    #[must_use]
    pub fn add(self, access: impl Into<RouteAccess>, handlers: PathHandlers<A>) -> Self {
        self.add_with_limit(access, BODY_LIMIT, handlers)
    }

    /// Does what `add` does, for bodies of up to `limit` bytes.
    #[must_use]
    pub fn add_with_limit(
        mut self,
        access: impl Into<RouteAccess>,
        limit: usize,
        handlers: PathHandlers<A>,
    ) -> Self {
        let route = access.into();
        let (access, leads) = (route.access, route.leads);
        for (method, operation) in &handlers.operations {
            let scopes = self.scopes.filter(|_| access.least_role().is_some());
            let scope = scopes.map(|scopes| scopes.needed_for(method));
            let (and_scope, other_ids) = (route.and_scope, route.other_ids);
            let (method, path, operation) = (method.clone(), handlers.path.clone(), operation.clone());
            let row = RouteRow { method, path, operation, access, leads, scope, and_scope, other_ids };
            self.rows.push(row);
        }
        self.handlers.push(Handlers {
            access: route,
            scopes: self.scopes,
            body_limit: limit,
            of_path: handlers,
        });
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
        for document in self.handlers.into_iter().filter_map(|handlers| handlers.of_path.document) {
            router = document(router);
        }
        let mut document = router.into_openapi();
        for row in &rows {
            let item = document.paths.paths.get_mut(&row.path);
            let Some(operation) = item.and_then(|item| of(item, &row.method)) else { continue };
            answers_problems(operation);
            if row.access.least_role().is_some() {
                let bearer = SecurityRequirement::new("bearer", Vec::<String>::new());
                let key = row.scope.map(|scope| {
                    let scopes = [scope].into_iter().chain(row.and_scope);
                    SecurityRequirement::new("api_key", scopes.map(ApiScope::as_str))
                });
                operation.security = Some([Some(bearer), key].into_iter().flatten().collect());
            }
        }
        document
    }

    /// Makes the router that serves: every handler behind its access check, everything inside the error envelope.
    pub fn into_router(self, app: Arc<A>, gate: Gate) -> Router {
        let served =
            self.handlers.into_iter().map(|Handlers { access, scopes, body_limit, of_path }| Served {
                path: of_path.path,
                rule: Rule { gate: gate.clone(), access, scopes },
                body_limit,
                methods: of_path.router.with_state(app.clone()),
            });
        checked(served.collect(), MethodTable::of(&self.rows, self.page_not_found), gate)
    }
}

/// Puts the checks before all handlers. The handlers have their state by now, so that one copy of this serves every function.
fn checked(all: Vec<Served>, table: MethodTable, gate: Gate) -> Router {
    let mut router = Router::new();
    for Served { path, rule, body_limit, methods } in all {
        let methods = methods
            .layer::<_, Infallible>(from_fn_with_state(gate.clone(), idempotency::replay))
            .layer::<_, Infallible>(from_fn_with_state(rule.access.other_ids, other_ids::check))
            .layer::<_, Infallible>(DefaultBodyLimit::max(body_limit))
            .layer::<_, Infallible>(from_fn_with_state(rule, gate::authorise));
        router = router.route(&axum_path(&path), methods);
    }
    router.layer(from_fn_with_state((gate, Arc::new(table)), gate::envelope))
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
    use http::{Request, StatusCode};
    use tower::ServiceExt;

    mod greet {
        #[utoipa::path(post, path = "/api/greetings/{id}", operation_id = "greet", responses((status = 200)))]
        pub async fn greet() -> &'static str {
            "hello"
        }
    }

    #[tokio::test]
    async fn deployed_routes_equal_the_documented_ones() {
        let deployed: PathHandlers<()> = crate::undocumented_routes!(greet::greet);
        let documented: PathHandlers<()> = crate::documented_routes!(greet::greet);
        let methods = |handlers: &PathHandlers<()>| -> Vec<Method> {
            handlers.operations.iter().map(|(method, _)| method.clone()).collect()
        };
        assert_eq!((&deployed.path, methods(&deployed)), (&documented.path, methods(&documented)));
        assert_eq!(documented.operations, [(Method::POST, "greet".to_owned())]);
        assert!(deployed.document.is_none() && documented.document.is_some());
        let methods = deployed.router.with_state(Arc::new(()));
        let router = Router::new().route("/api/greetings/{id}", methods);
        let status = |method: &str| {
            let request = Request::builder().method(method).uri("/api/greetings/1").body(Body::empty());
            router.clone().oneshot(request.expect("a request"))
        };
        assert_eq!(status("POST").await.expect("an answer").status(), StatusCode::OK);
        assert_eq!(status("GET").await.expect("an answer").status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}
