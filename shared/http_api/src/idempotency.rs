//! `Idempotency-Key`: the same key and body give the stored answer, another body 422, a request still running 409.
//! Kept for 24 hours, per workspace and route.

use crate::caller::Caller;
use crate::error::ApiError;
use crate::gate::Gate;
use application::StoreError;
use application::limits::StoredAnswer;
use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt;
use jiff::SignedDuration;
use sha2::{Digest, Sha256};

const KEEP: SignedDuration = SignedDuration::from_hours(24);
const LARGEST_KEPT: usize = 64 * 1024;

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
    let path = request.uri().path();
    let key = format!("idempotency/{}/{}/{path}/{key}", caller.workspace, route.as_str());
    let (parts, body) = request.into_parts();
    let body = collect(body).await?;
    let request_hash = hex::encode(Sha256::digest(&body));
    let running = StoredAnswer { request_hash: request_hash.clone(), status: 0, body: String::new() };
    match gate.limits.store_answer(&key, &running, gate.clock.now(), KEEP).await {
        Ok(()) => {}
        Err(StoreError::Conflict) => return answer_again(&gate, &key, &request_hash).await,
        Err(other) => return Err(other.into()),
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let (parts, body) = response.into_parts();
    let body = collect(body).await?;
    let text = std::str::from_utf8(&body).ok().filter(|text| text.len() <= LARGEST_KEPT);
    match text.filter(|_| parts.status.is_success()) {
        Some(text) => {
            let answer = StoredAnswer { request_hash, status: parts.status.as_u16(), body: text.to_owned() };
            gate.limits.store_answer(&key, &answer, gate.clock.now(), KEEP).await?;
        }
        None => gate.limits.forget_answer(&key).await?,
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

async fn answer_again(gate: &Gate, key: &str, request_hash: &str) -> Result<Response, ApiError> {
    let Some(stored) = gate.limits.stored_answer(key).await? else {
        return Err(ApiError::conflict("request_running", "The same request is being processed."));
    };
    if stored.request_hash != request_hash {
        let detail = "was used with another body";
        return Err(ApiError::invalid("idempotency-key", detail));
    }
    if stored.status == 0 {
        return Err(ApiError::conflict("request_running", "The same request is being processed."));
    }
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
