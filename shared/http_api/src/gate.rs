//! The layers around every handler: the access check, the request's id, the error envelope, safe headers.

use crate::access_token;
use crate::caller::{Access, Caller};
use crate::error::ApiError;
use crate::method_table::{MethodTable, Refusal};
use application::identity::stage_keys::StageKeys;
use application::ports::rate_limits::RateLimitStore;
use application::{Clock, Ids, Ports};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use std::sync::Arc;

/// The parts of the composition that the layers need.
#[derive(Clone)]
pub struct Gate {
    pub(crate) keys: Arc<StageKeys>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) limits: Arc<dyn RateLimitStore>,
    /// Whether the installation is reached by HTTPS; only then may browsers be ordered to use HTTPS alone.
    pub(crate) https: bool,
}

impl Gate {
    pub fn new(ports: &impl Ports) -> Self {
        let https = ports.public_url().starts_with("https://");
        Self { keys: ports.keys(), clock: ports.clock(), ids: ports.ids(), limits: ports.limits(), https }
    }
}

/// Checks whether the caller has the route's access, and passes the caller to the handler.
pub(crate) async fn authorise(
    State((gate, access)): State<(Gate, Access)>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let Some(least) = access.least_role() else { return Ok(next.run(request).await) };
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let token = bearer
        .and_then(|v| v.strip_prefix("Bearer "))
        .ok_or_else(|| ApiError::unauthorized("Sign in first."))?;
    let claims = access_token::read(&gate.keys, token, gate.clock.now()).map_err(|bad| match bad {
        access_token::BadToken::Expired => {
            ApiError::new(StatusCode::UNAUTHORIZED, "token_expired", "The access token has expired.")
        }
        access_token::BadToken::Invalid => ApiError::unauthorized("The access token is not valid."),
    })?;
    if claims.role < least {
        return Err(ApiError::forbidden());
    }
    request.extensions_mut().insert(Caller {
        workspace: claims.ws,
        user: claims.sub,
        role: claims.role,
        session: claims.sid,
    });
    Ok(next.run(request).await)
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
