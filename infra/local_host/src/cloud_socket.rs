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

/// The largest body, more than any service accepts.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// The callers by their session token, each with the policy that it is deployed with.
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
        // A dropped sender means that nobody can stop the server any more, which stops it too.
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

#[cfg(test)]
mod tests {
    use super::*;
    use application::ports::clock::SystemClock;
    use local_cloud::Statement;
    use serde_json::{Value, json};

    async fn asked(token: &str, target: &str, body: Value) -> (StatusCode, String) {
        let cloud = LocalCloud::in_memory(Arc::new(SystemClock)).unwrap();
        let policy = vec![Statement::new(vec!["dynamodb:ListTables".to_owned()], vec!["*".to_owned()])];
        let callers = [
            ("leads".to_owned(), Principal::with_policy("leads", policy)),
            ("deployer".to_owned(), Principal::root()),
        ];
        let door = CloudDoor { cloud, callers: Arc::new(callers.into_iter().collect()) };
        let request = Request::post("/").header("x-amz-security-token", token).header("x-amz-target", target);
        let reply = answer(State(door), request.body(Body::from(body.to_string())).unwrap()).await;
        let status = reply.status();
        let body = to_bytes(reply.into_body(), LARGEST_BODY).await.unwrap();
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn caller_over_http_is_limited_by_its_own_policy() {
        let list = ("DynamoDB_20120810.ListTables", json!({}));
        let make = ("AmazonSQS.CreateQueue", json!({ "QueueName": "send" }));
        assert_eq!(asked("leads", list.0, list.1.clone()).await.0, StatusCode::OK);
        let (status, why) = asked("leads", make.0, make.1.clone()).await;
        assert!(status.is_client_error() && why.contains("AccessDenied"), "{status} {why}");
        assert_eq!(asked("deployer", make.0, make.1).await.0, StatusCode::OK);
        assert_eq!(asked("stranger", list.0, list.1).await.0, StatusCode::FORBIDDEN);
    }
}
