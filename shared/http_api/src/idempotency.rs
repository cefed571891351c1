//! `Idempotency-Key`: a request that is repeated with the same key does its work once. The same key and body get the
//! stored answer, another body a 422, and a request that is still running a 409. A request that failed, or whose
//! function died, runs again, with the same id for what it makes. Keys are kept for 24 hours, per workspace and
//! route.

use crate::caller::Caller;
use crate::error::ApiError;
use crate::gate::Gate;
use application::StoreError;
use application::identity::stage_keys::StageKeys;
use application::ports::rate_limits::{Begun, KeyedRequest, StoredAnswer};
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt;
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use std::convert::Infallible;

const KEEP: SignedDuration = SignedDuration::from_hours(24);
/// The time after which a running request counts as dead: twice as long as a function that answers requests may run,
/// because clocks differ.
const LASTS: SignedDuration = SignedDuration::from_secs(60);
const LARGEST_KEPT: usize = 64 * 1024;

/// The id of a request that came with an `Idempotency-Key`: the same for each attempt at it, and for no other. What
/// must not be made twice derives its id from it.
#[derive(Debug, Clone)]
pub struct KeyedId(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for KeyedId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or(Self(None)))
    }
}

pub(crate) async fn replay(
    State(gate): State<Gate>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let Some(header) = request.headers().get("idempotency-key").filter(|_| request.method() == Method::POST)
    else {
        return Ok(next.run(request).await);
    };
    let key = header.to_str().ok().filter(|key| (1..=255).contains(&key.len()));
    let key =
        key.ok_or_else(|| ApiError::invalid("idempotency-key", "must be 1 to 255 printable characters"))?;
    let (Some(caller), Some(route)) =
        (request.extensions().get::<Caller>(), request.extensions().get::<MatchedPath>())
    else {
        return Ok(next.run(request).await);
    };
    let keys = gate.sign_in()?.keys.clone();
    let path = request.uri().path();
    let who = caller.user_or_key();
    let key = format!("idempotency/{}/{who}/{}/{path}/{key}", caller.workspace, route.as_str());
    let (mut parts, body) = request.into_parts();
    let body = collect(body).await?;
    // The body may hold a password, which a digest without a key would let a reader of the table guess.
    let hash = keys.keyed_digest(&hex::encode(Sha256::digest(&body)));
    let attempt = gate.ids.next().to_string();
    let request = KeyedRequest { id: attempt.clone(), attempt, hash, keep: KEEP, lasts: LASTS };
    let request = match gate.limits.begin_request(&key, request.clone(), gate.clock.now()).await {
        Ok(Begun::Ours(begun)) => begun,
        Ok(Begun::Before { hash, answer }) => {
            let answer = answer.map(|answer| opened(&keys, &key, answer));
            return answer_again(&request, &hash, answer);
        }
        Err(StoreError::Conflict) => return Err(still_running()),
        Err(other) => return Err(other.into()),
    };
    parts.extensions.insert(KeyedId(Some(request.id.clone())));
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let (parts, body) = response.into_parts();
    let body = collect(body).await?;
    let text = std::str::from_utf8(&body).ok().filter(|text| text.len() <= LARGEST_KEPT);
    let (status, now) = (parts.status, gate.clock.now());
    let noted = match text.filter(|_| status.is_success()) {
        Some(text) => {
            // The answer is stored sealed, because it may hold a token.
            let body = keys.seal(&key, text);
            let answer = StoredAnswer { status: status.as_u16(), body };
            gate.limits.store_answer(&key, &request, &answer, now).await
        }
        // The request was refused. It did nothing, and it is the first attempt.
        None if status.is_client_error() && request.id == request.attempt => {
            gate.limits.forget_request(&key, &request).await
        }
        None => gate.limits.give_up_request(&key, &request, now).await,
    };
    // The work is done even if the answer could not be stored: the caller gets it, and a repeat gets the
    // answer that the request is running.
    if let Err(error) = noted {
        tracing::warn!(%error, http.status = status.as_u16(), "an answer is not kept for its repeats");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// Opens a stored answer. One that an earlier version stored is not sealed.
fn opened(keys: &StageKeys, key: &str, StoredAnswer { status, body }: StoredAnswer) -> StoredAnswer {
    StoredAnswer { status, body: keys.open(key, &body).unwrap_or(body) }
}

fn still_running() -> ApiError {
    ApiError::conflict("request_running", "The same request is being processed.")
}

fn answer_again(
    request: &KeyedRequest,
    hash: &str,
    stored: Option<StoredAnswer>,
) -> Result<Response, ApiError> {
    if request.hash != hash {
        let detail = "was used with another body";
        return Err(ApiError::invalid("idempotency-key", detail));
    }
    let stored = stored.ok_or_else(still_running)?;
    let status = StatusCode::from_u16(stored.status).unwrap_or(StatusCode::OK);
    let mut response = (status, stored.body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("idempotent-replay", HeaderValue::from_static("true"));
    Ok(response)
}

async fn collect(body: Body) -> Result<Bytes, ApiError> {
    let unreadable =
        |_| ApiError::new(StatusCode::BAD_REQUEST, "unreadable_body", "The body could not be read.");
    Ok(body.collect().await.map_err(unreadable)?.to_bytes())
}
