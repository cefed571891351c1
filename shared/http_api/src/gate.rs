//! The layers around every handler: the access check, the request's id, the error envelope, safe headers.

use crate::access_token;
use crate::caller::{Access, CalledBy, Caller, SignedIn};
use crate::error::ApiError;
use crate::method_table::{MethodTable, Refusal};
use crate::routes::KeyScopes;
use application::identity::api_keys::{KeyRefusal, accept_api_key, is_api_key};
use application::identity::stage_keys::StageKeys;
use application::ports::api_keys::ApiKeyStore;
use application::ports::rate_limits::RateLimitStore;
use application::{Clock, Ids, Ports};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use domain::workspace::api_key::ApiScope;
use domain::workspace::user::Role;
use http::{HeaderValue, StatusCode, header};
use std::sync::Arc;

/// The parts of the composition that the layers need.
#[derive(Clone)]
pub struct Gate {
    pub(crate) keys: Arc<StageKeys>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) limits: Arc<dyn RateLimitStore>,
    pub(crate) api_keys: Arc<dyn ApiKeyStore>,
    /// Whether the installation is reached by HTTPS; only then may browsers be ordered to use HTTPS alone.
    pub(crate) https: bool,
}

impl Gate {
    pub fn new(ports: &impl Ports) -> Self {
        let https = ports.public_url().starts_with("https://");
        Self {
            keys: ports.keys(),
            clock: ports.clock(),
            ids: ports.ids(),
            limits: ports.limits(),
            api_keys: ports.api_keys(),
            https,
        }
    }
}

/// The rule of one route: the least role of a user, and the scopes of an API key.
#[derive(Clone)]
pub(crate) struct Rule {
    pub gate: Gate,
    pub access: Access,
    pub scopes: Option<KeyScopes>,
}

/// Checks whether the caller has the route's access, and passes the caller to the handler.
pub(crate) async fn authorise(
    State(rule): State<Rule>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let Some(least) = rule.access.least_role() else { return Ok(next.run(request).await) };
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let token = bearer
        .and_then(|v| v.strip_prefix("Bearer "))
        .ok_or_else(|| ApiError::unauthorized("Sign in first."))?;
    let caller = if is_api_key(token) {
        let scopes = rule.scopes.ok_or_else(ApiError::not_for_keys)?;
        called_by_key(&rule.gate, token, scopes.needed_for(request.method())).await?
    } else {
        called_by_user(&rule.gate, token, least)?
    };
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

fn called_by_user(gate: &Gate, token: &str, least: Role) -> Result<Caller, ApiError> {
    let claims = access_token::read(&gate.keys, token, gate.clock.now()).map_err(|bad| match bad {
        access_token::BadToken::Expired => {
            ApiError::new(StatusCode::UNAUTHORIZED, "token_expired", "The access token has expired.")
        }
        access_token::BadToken::Invalid => ApiError::unauthorized("The access token is not valid."),
    })?;
    if claims.role < least {
        return Err(ApiError::forbidden());
    }
    let signed_in =
        SignedIn { user: claims.sub, login: claims.login, role: claims.role, session: claims.sid };
    let by = CalledBy::User(signed_in);
    Ok(Caller { workspace: claims.ws, by })
}

async fn called_by_key(gate: &Gate, token: &str, needed: ApiScope) -> Result<Caller, ApiError> {
    let accepted = accept_api_key(&*gate.api_keys, &*gate.limits, token, needed, gate.clock.now());
    let key = accepted.await?.map_err(|refusal| match refusal {
        KeyRefusal::Unknown => ApiError::unauthorized("There is no such API key."),
        KeyRefusal::Expired => key_is_over("key_expired", "This API key has expired. Create another one."),
        KeyRefusal::Revoked => key_is_over("key_revoked", "This API key was revoked."),
        KeyRefusal::ScopeMissing(scope) => {
            let detail = format!("This API key lacks the scope {scope}.");
            ApiError::new(StatusCode::FORBIDDEN, "scope_missing", detail)
        }
        KeyRefusal::TooMany(wait) => {
            let seconds = wait.as_millis().unsigned_abs().div_ceil(1_000).max(1);
            ApiError::too_many_requests(u64::try_from(seconds).unwrap_or(60))
        }
    })?;
    Ok(Caller { workspace: key.workspace, by: CalledBy::Key(key.id) })
}

fn key_is_over(code: &'static str, detail: &str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, code, detail)
}

/// The outermost layer lets the route table decide, gives the request its id, writes error bodies and logs each failure once. What it
/// logs as the route is the table's pattern, never the path that was asked for.
pub(crate) async fn envelope(
    State((gate, table)): State<(Gate, Arc<MethodTable>)>,
    request: Request,
    next: Next,
) -> Response {
    let request_id = format!("req_{}", gate.ids.next());
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().and_then(|path| table.at(path.as_str()));
    let route = path.map_or("unmatched", |path| path.pattern());
    let refusal = path.map_or(Some(Refusal::not_found()), |path| path.refusal(&request));
    let (mut response, allow) = match refusal {
        Some(refusal) => (refusal.response, refusal.allow),
        None => (next.run(request).await, None),
    };
    let status = response.status();
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        if status.is_server_error() {
            let (code, chain) = (error.code, error.chain());
            tracing::error!(request.id = %request_id, http.method = %method, http.route = route, code, error = %chain, "request failed");
        }
        response = error.render(&request_id);
    }
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        headers.insert("x-request-id", value);
    }
    if let Some(allow) = allow {
        headers.insert(header::ALLOW, allow);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if gate.https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    headers.entry(header::X_FRAME_OPTIONS).or_insert(HeaderValue::from_static("DENY"));
    response
}
