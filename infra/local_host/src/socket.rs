//! The local counterpart of the WebSocket API: calls the function for a page that connects and for what a page sends, and
//! passes on what the management API is given. The cloud knows the connections and their time.

use crate::host::LocalHost;
use crate::socket_api::SocketApi;
use axum::body::Body;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use http::{HeaderMap, StatusCode, Uri};
use jiff::SignedDuration;
use local_cloud::{LARGEST_FRAME, LARGEST_MESSAGE, trace};
use queue_consumer::Handler;
use serde_json::{Map, Value, json};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The time after which the API abandons a function.
const LONGEST_CALL: SignedDuration = SignedDuration::from_secs(29);
/// The interval at which a connection's time is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// The API, with its function.
pub(crate) struct SocketDoor {
    pub api: SocketApi,
    pub function: String,
    pub timeout: SignedDuration,
    handler: Mutex<Handler>,
}

impl SocketDoor {
    pub fn new(api: SocketApi, function: String, timeout: SignedDuration, handler: Handler) -> Self {
        Self { api, function, timeout, handler: Mutex::new(handler) }
    }

    pub fn serve_by(&self, handler: Handler) {
        *self.handler.lock().unwrap_or_else(PoisonError::into_inner) = handler;
    }

    fn handler(&self) -> Handler {
        self.handler.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl LocalHost {
    /// Tells whether the WebSocket API has this path.
    pub(crate) fn is_socket(&self, path: &str) -> bool {
        self.inner.socket.as_ref().is_some_and(|door| path.strip_prefix('/') == Some(door.api.stage.as_str()))
    }

    /// Asks the function whether a page may connect, and serves the connection if so.
    pub(crate) async fn open_socket(
        &self,
        upgrade: WebSocketUpgrade,
        (uri, headers): (&Uri, &HeaderMap),
        source: &str,
    ) -> Response {
        let id = self.inner.options.ids.next().to_string();
        let headers: Map<String, Value> = headers
            .iter()
            .filter_map(|(name, value)| Some((name.to_string(), json!(value.to_str().ok()?))))
            .collect();
        let query: Map<String, Value> = uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect();
        let connect = json!({
            "headers": headers,
            "queryStringParameters": query,
            "requestContext": { "eventType": "CONNECT", "identity": { "sourceIp": source } },
        });
        match self.call_socket("$connect", &id, connect).await {
            StatusCode::OK => {}
            refused => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = refused;
                return response;
            }
        }
        let host = self.clone();
        let upgrade = upgrade.max_frame_size(LARGEST_FRAME).max_message_size(LARGEST_MESSAGE);
        upgrade.on_upgrade(move |socket| async move { host.serve_socket(socket, id).await })
    }

    async fn serve_socket(&self, mut socket: WebSocket, id: String) {
        let cloud = &self.inner.cloud;
        let mut texts = cloud.establish_connection(&id);
        loop {
            tokio::select! {
                text = texts.recv() => match text {
                    Some(text) => {
                        if socket.send(Message::Text(text.into())).await.is_err() {
                            break;
                        }
                    }
                    None => {
                        let over = CloseFrame { code: close_code::AWAY, reason: "Going away".into() };
                        drop(socket.send(Message::Close(Some(over))).await);
                        break;
                    }
                },
                message = socket.recv() => match message {
                    Some(Ok(Message::Text(text))) if cloud.note_activity(&id) => {
                        let message = json!({
                            "requestContext": { "eventType": "MESSAGE" },
                            "body": text.as_str(),
                        });
                        self.call_socket("$default", &id, message).await;
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    _ => break,
                },
                () = tokio::time::sleep(LOOK_AGAIN) => drop(cloud.is_connected(&id)),
            }
        }
        cloud.end_connection(&id);
    }

    /// Calls the function for one route and returns the status of its answer.
    async fn call_socket(&self, route: &str, id: &str, mut event: Value) -> StatusCode {
        let Some(door) = self.inner.socket.as_ref().filter(|door| door.api.routes.contains(route)) else {
            return StatusCode::FORBIDDEN;
        };
        event["requestContext"]["routeKey"] = json!(route);
        event["requestContext"]["connectionId"] = json!(id);
        event["requestContext"]["stage"] = json!(door.api.stage);
        event["isBase64Encoded"] = json!(false);
        self.inner.requested.fetch_add(1, Ordering::Relaxed);
        let chain = self.inner.new_chain().entered(&door.function).header();
        let work = trace::scope(&chain, door.handler()(event));
        let answer = match self.inner.stopwatch.within(door.timeout.min(LONGEST_CALL), work).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                tracing::error!(function = door.function, %error, "the function failed");
                return StatusCode::INTERNAL_SERVER_ERROR;
            }
            Err(error) => {
                tracing::error!(function = door.function, %error, "the function failed");
                return StatusCode::GATEWAY_TIMEOUT;
            }
        };
        let status = answer["statusCode"].as_u64().and_then(|code| u16::try_from(code).ok());
        status.and_then(|code| StatusCode::from_u16(code).ok()).unwrap_or(StatusCode::BAD_GATEWAY)
    }
}
