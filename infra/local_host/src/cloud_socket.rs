//! The local cloud behind an address, for functions that run as processes of their own and reach AWS over HTTP.

use anyhow::Result;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::response::Response;
use http::{Request, StatusCode};
use local_cloud::{LocalCloud, Principal};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// More than any service takes in one request.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// Who may come in: each caller by its session token, under the policy it is deployed with.
#[derive(Clone)]
pub struct CloudDoor {
    pub cloud: LocalCloud,
    pub callers: Arc<BTreeMap<String, Principal>>,
}

/// Serves the cloud until `stop` turns true.
pub async fn serve_cloud(door: CloudDoor, listener: TcpListener, stop: watch::Receiver<bool>) -> Result<()> {
    let router = Router::new().fallback(answer).with_state(door);
    let mut stopped = stop;
    let wait = async move {
        // Nobody is left who could say it: that says it as well.
        stopped.wait_for(|stop| *stop).await.map(drop).unwrap_or_default();
    };
    Ok(axum::serve(listener, router).with_graceful_shutdown(wait).await?)
}

async fn answer(State(door): State<CloudDoor>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let token = parts.headers.get("x-amz-security-token").and_then(|token| token.to_str().ok());
    let Some(caller) = token.and_then(|token| door.callers.get(token)) else {
        return refused(StatusCode::FORBIDDEN, "nobody is known by this session token");
    };
    let Ok(bytes) = to_bytes(body, LARGEST_BODY).await else {
        return refused(StatusCode::PAYLOAD_TOO_LARGE, "the request is too large");
    };
    match door.cloud.request(caller, Request::from_parts(parts, bytes.to_vec())) {
        Ok(answer) => answer.map(Body::from),
        Err(lost) => refused(StatusCode::INTERNAL_SERVER_ERROR, &lost.to_string()),
    }
}

fn refused(status: StatusCode, why: &str) -> Response {
    let mut response = Response::new(Body::from(why.to_owned()));
    *response.status_mut() = status;
    response
}
