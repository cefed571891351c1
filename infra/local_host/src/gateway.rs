//! The local counterpart of the HTTP API: finds the route, makes the API Gateway v2 event, calls the
//! function's adapter, reads its reply.

use crate::chain::Chain;
use crate::cors::Cors;
use crate::host::HostOptions;
use crate::limits::{
    LARGEST_BODY, LARGEST_HEADERS, LARGEST_PAYLOAD, LONGEST_REQUEST, Stopwatch, size_of_headers,
};
use crate::routing::Routing;
use crate::template::FunctionDefinition;
use anyhow::{Context as _, Result, ensure};
use application::{Clock, Ids};
use axum::Router;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use jiff::SignedDuration;
use jiff::fmt::rfc2822::DateTimePrinter;
use lambda_http::{Adapter, LambdaEvent};
use local_cloud::trace;
use queue_consumer::Handler;
use serde_json::{Map, Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use tower::Service;

/// The way to a function.
#[derive(Clone)]
enum Door {
    InProcess(Router),
    /// A handler in another process: it takes the event and returns the reply.
    Elsewhere(Handler),
}

pub struct Gateway {
    routing: Routing,
    cors: Option<Cors>,
    /// Those of the functions, as they were added.
    doors: RwLock<Vec<Door>>,
    /// The name of each function, and its time limit.
    functions: Vec<(String, SignedDuration)>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    chains: Arc<AtomicU64>,
    stopwatch: Stopwatch,
}

impl Gateway {
    pub(crate) fn new(options: &HostOptions, chains: Arc<AtomicU64>, stopwatch: Stopwatch) -> Self {
        let (clock, ids) = (options.clock.clone(), options.ids.clone());
        Self::over(clock, ids, chains, stopwatch)
    }

    /// Makes a gateway to functions that run elsewhere, each in a process of its own.
    pub fn to_elsewhere(clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        let stopwatch = Stopwatch::new(clock.clone());
        Self::over(clock, ids, Arc::default(), stopwatch)
    }

    fn over(clock: Arc<dyn Clock>, ids: Arc<dyn Ids>, chains: Arc<AtomicU64>, stopwatch: Stopwatch) -> Self {
        let (routing, doors) = (Routing::default(), RwLock::default());
        Self { routing, cors: None, doors, functions: Vec::new(), clock, ids, chains, stopwatch }
    }

    /// Tells browsers about other sites what the template says; nothing unless this is called.
    pub fn set_cors(&mut self, cors: Option<Cors>) {
        self.cors = cors;
    }

    pub(crate) fn add(&mut self, function: &FunctionDefinition, router: Router) -> Result<()> {
        self.add_door(function, Door::InProcess(router))
    }

    pub fn add_elsewhere(&mut self, function: &FunctionDefinition, handler: Handler) -> Result<()> {
        self.add_door(function, Door::Elsewhere(handler))
    }

    fn add_door(&mut self, function: &FunctionDefinition, door: Door) -> Result<()> {
        let doors = self.doors.get_mut().unwrap_or_else(PoisonError::into_inner);
        let number = doors.len();
        doors.push(door);
        self.functions.push((function.name.clone(), function.timeout()));
        for (method, path) in function.routes() {
            self.routing.add(method, path, number)?;
        }
        Ok(())
    }

    /// Replaces the router of a function by another copy with the same routes.
    pub fn replace(&self, number: usize, router: Router) {
        self.doors.write().unwrap_or_else(PoisonError::into_inner)[number] = Door::InProcess(router);
    }

    /// Answers one request as the internet sends it; `source` is the caller's address.
    pub async fn call(&self, request: Request<Vec<u8>>, source: &str) -> Response<Vec<u8>> {
        let mut response = self.answer(request, source).await;
        let now = DateTimePrinter::new().timestamp_to_rfc9110_string(&self.clock.now());
        if let Some(date) = now.ok().and_then(|now| HeaderValue::try_from(now).ok()) {
            response.headers_mut().insert(header::DATE, date);
        }
        response
    }

    async fn answer(&self, request: Request<Vec<u8>>, source: &str) -> Response<Vec<u8>> {
        if request.body().len() > LARGEST_BODY {
            return plain(StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long");
        }
        let line = request.method().as_str().len() + request.uri().to_string().len() + " HTTP/1.1".len();
        if line + size_of_headers(request.headers()) > LARGEST_HEADERS {
            let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            return plain(status, "Request Header Fields Too Large");
        }
        let Some((router, event)) = self.prepare(&request, source) else {
            let preflight = self.cors.as_ref().and_then(|cors| cors.preflight(&request));
            return preflight.unwrap_or_else(|| plain(StatusCode::NOT_FOUND, "Not Found"));
        };
        if payload_of(&event) > LARGEST_PAYLOAD {
            return plain(StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long");
        }
        let (function, timeout) = &self.functions[router];
        let chain = Chain::new(self.clock.now().as_second(), self.chains.fetch_add(1, Ordering::Relaxed));
        let chain = chain.entered(function).header();
        let work = trace::scope(&chain, self.invoke(router, event));
        match self.stopwatch.within((*timeout).min(LONGEST_REQUEST), work).await {
            Ok(Ok(mut response)) => {
                if let Some(cors) = &self.cors {
                    cors.add(&request, response.headers_mut());
                }
                response
            }
            Ok(Err(error)) => {
                tracing::error!(function, error = %format!("{error:#}"), "the function failed");
                plain(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
            }
            Err(error) => {
                tracing::error!(function, %error, "the function failed");
                plain(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
            }
        }
    }

    fn prepare(&self, request: &Request<Vec<u8>>, source: &str) -> Option<(usize, Value)> {
        let found = self.routing.choose(request.method().as_str(), request.uri().path())?;
        let parameters = found.parameters.into_iter().map(|(key, value)| (key, json!(decoded(value))));
        let event = self.event(request, &found.key, parameters.collect(), source);
        Some((found.function, event))
    }

    async fn invoke(&self, router: usize, event: Value) -> Result<Response<Vec<u8>>> {
        let door = self.doors.read().unwrap_or_else(PoisonError::into_inner)[router].clone();
        let reply = match door {
            Door::InProcess(router) => {
                let event = LambdaEvent::new(serde_json::from_value(event)?, lambda_http::Context::default());
                // The adapter itself must not live across the await: it is not Send.
                let reply = Adapter::from(router).call(event);
                serde_json::to_value(reply.await.map_err(|error| anyhow::anyhow!("{error}"))?)?
            }
            Door::Elsewhere(handler) => handler(event).await.map_err(|error| anyhow::anyhow!("{error}"))?,
        };
        read_reply(&reply)
    }

    fn event(
        &self,
        request: &Request<Vec<u8>>,
        route_key: &str,
        parameters: Map<String, Value>,
        source: &str,
    ) -> Value {
        let mut headers = Map::new();
        let mut cookies = Vec::new();
        for (name, value) in request.headers() {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            if name == header::COOKIE {
                cookies.extend(value.split("; ").map(|cookie| json!(cookie)));
            } else if let Some(Value::String(before)) = headers.get_mut(name.as_str()) {
                before.push(',');
                before.push_str(&value);
            } else {
                headers.insert(name.as_str().to_owned(), Value::String(value));
            }
        }
        let uri = request.uri();
        let query = uri.query().unwrap_or("");
        let agent = headers.get("user-agent").cloned().unwrap_or_default();
        let method = request.method().as_str();
        // An HTTP API hands the path on decoded, and what looks like a query then is lost.
        let path = decoded(uri.path());
        let path = path.split('?').next().unwrap_or("");
        let now = self.clock.now();
        let mut event = json!({
            "version": "2.0",
            "routeKey": route_key,
            "rawPath": path,
            "rawQueryString": query,
            "headers": headers,
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "local",
                "domainName": "localhost",
                "domainPrefix": "local",
                "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": source, "userAgent": agent },
                "requestId": self.ids.next().to_string(),
                "routeKey": route_key,
                "stage": "$default",
                "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
                "timeEpoch": now.as_millisecond(),
            },
        });
        if !cookies.is_empty() {
            event["cookies"] = Value::Array(cookies);
        }
        if !parameters.is_empty() {
            event["pathParameters"] = Value::Object(parameters);
        }
        if !query.is_empty() {
            let mut pairs = Map::new();
            for pair in query.split('&').filter(|pair| !pair.is_empty()) {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                let (key, value) = (decoded(&key.replace('+', " ")), decoded(&value.replace('+', " ")));
                match pairs.get_mut(&key) {
                    Some(Value::String(before)) => before.push_str(&format!(",{value}")),
                    _ => drop(pairs.insert(key, Value::String(value))),
                }
            }
            event["queryStringParameters"] = Value::Object(pairs);
        }
        let body = request.body();
        if !body.is_empty() {
            let text = is_text(request).then(|| std::str::from_utf8(body).ok()).flatten();
            event["isBase64Encoded"] = json!(text.is_none());
            event["body"] = json!(text.map_or_else(|| STANDARD.encode(body), str::to_owned));
        } else {
            event["isBase64Encoded"] = json!(false);
        }
        event
    }
}

/// API Gateway passes these bodies on as text, all others in base 64.
fn is_text(request: &Request<Vec<u8>>) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    kind.starts_with("text/")
        || ["application/json", "application/xml", "application/javascript"].contains(&kind.as_str())
        || kind.ends_with("+json")
}

/// The length is counted again, as API Gateway does.
fn read_reply(reply: &Value) -> Result<Response<Vec<u8>>> {
    let bytes = payload_of(reply);
    ensure!(bytes <= LARGEST_PAYLOAD, "the answer has {bytes} bytes, and Lambda takes {LARGEST_PAYLOAD}");
    let status =
        reply["statusCode"].as_u64().and_then(|code| u16::try_from(code).ok()).context("no status code")?;
    let body = reply["body"].as_str().unwrap_or("");
    let body = match reply["isBase64Encoded"].as_bool() {
        Some(true) => STANDARD.decode(body)?,
        _ => body.as_bytes().to_vec(),
    };
    let mut response = Response::builder().status(StatusCode::from_u16(status)?).body(body)?;
    for (name, value) in reply["headers"].as_object().into_iter().flatten() {
        if let (Ok(name), Ok(value)) =
            (HeaderName::try_from(name), HeaderValue::try_from(value.as_str().unwrap_or("")))
            && name != header::CONTENT_LENGTH
        {
            response.headers_mut().insert(name, value);
        }
    }
    for cookie in reply["cookies"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if let Ok(value) = HeaderValue::try_from(cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    let bytes = size_of_headers(response.headers());
    ensure!(
        bytes <= LARGEST_HEADERS,
        "the answer's headers have {bytes} bytes, and API Gateway takes {LARGEST_HEADERS}"
    );
    Ok(response)
}

/// The size of an event or answer as JSON. Only a large one is serialised to be measured.
fn payload_of(event: &Value) -> usize {
    let body = event["body"].as_str().map_or(0, str::len);
    match body > LARGEST_PAYLOAD / 8 {
        true => event.to_string().len(),
        // A byte takes at most six in JSON; headers come on top.
        false => body,
    }
}

fn plain(status: StatusCode, message: &str) -> Response<Vec<u8>> {
    let body = json!({ "message": message }).to_string().into_bytes();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match (bytes[at], hex.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reply_length_is_counted_from_its_body() {
        let reply =
            json!({ "statusCode": 200, "headers": { "content-length": "202", "etag": "a" }, "body": "abc" });
        let read = read_reply(&reply).unwrap();
        assert_eq!(read.headers().get(header::CONTENT_LENGTH), None);
        assert_eq!((read.headers()["etag"].as_bytes(), read.body().as_slice()), (&b"a"[..], &b"abc"[..]));
    }

    #[test]
    fn reply_over_the_limits_of_lambda_or_gateway_is_refused() {
        let text = |bytes: usize| json!({ "statusCode": 200, "headers": {}, "body": "x".repeat(bytes) });
        assert!(read_reply(&text(LARGEST_PAYLOAD - 100)).is_ok());
        assert!(read_reply(&text(LARGEST_PAYLOAD)).is_err());
        assert!(
            read_reply(&json!({ "statusCode": 200, "body": "\u{1}".repeat(LARGEST_PAYLOAD / 6) })).is_err()
        );
        let bytes = |count: usize| json!({ "statusCode": 200, "isBase64Encoded": true, "body": STANDARD.encode(vec![0; count]) });
        assert!(read_reply(&bytes(4_700_000)).is_ok());
        assert!(read_reply(&bytes(4_800_000)).is_err());
        let header = |bytes: usize| json!({ "statusCode": 200, "headers": { "etag": "x".repeat(bytes) } });
        assert!(read_reply(&header(LARGEST_HEADERS - 4)).is_ok());
        assert!(read_reply(&header(LARGEST_HEADERS)).is_err());
    }
}
