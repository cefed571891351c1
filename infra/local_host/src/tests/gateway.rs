//! Requests that the gateway passes to a function, and those that it answers itself.

use crate::gateway::Gateway;
use crate::template::{Stack, TEMPLATE};
use http::{Request, Response, StatusCode};
use local_cloud::{SeededIds, VirtualClock};
use queue_consumer::Handler;
use serde_json::{Value, json};
use std::sync::Arc;

/// Every function of the template answers with its name and the event that it was given.
fn gateway() -> Gateway {
    let clock = Arc::new(VirtualClock::at("2026-11-16T09:00:00Z".parse().unwrap()));
    let mut gateway = Gateway::to_elsewhere(clock.clone(), Arc::new(SeededIds::new(clock, 1)));
    let parameters = [("PublicUrl", "https://app.example"), ("AllowedOrigin", "https://shop.example")];
    let stack = Stack::read(TEMPLATE, &parameters).unwrap();
    gateway.set_cors(stack.cors);
    for function in stack.functions {
        let name = function.name.clone();
        let echo: Handler = Arc::new(move |event| {
            let answer = json!({ "function": name, "event": event }).to_string();
            let headers = json!({ "access-control-allow-origin": "*" });
            Box::pin(async move { Ok(json!({ "statusCode": 200, "headers": headers, "body": answer })) })
        });
        gateway.add_elsewhere(&function, echo).unwrap();
    }
    gateway
}

async fn ask(method: &str, path: &str) -> (StatusCode, Value) {
    let request = Request::builder().method(method).uri(path).body(Vec::new()).unwrap();
    let answer: Response<Vec<u8>> = gateway().call(request, "192.0.2.1").await;
    (answer.status(), serde_json::from_slice(answer.body()).unwrap())
}

#[tokio::test]
async fn a_request_within_a_group_comes_with_the_groups_route_and_the_whole_path() {
    let (_, answer) = ask("PATCH", "/api/leads/lead_1?a=b%20c").await;
    let event = &answer["event"];
    assert_eq!(answer["function"], "leads");
    assert_eq!(event["routeKey"], "ANY /api/leads/{proxy+}");
    assert_eq!(event["requestContext"]["routeKey"], event["routeKey"]);
    assert_eq!(event["requestContext"]["http"]["method"], "PATCH");
    assert_eq!(event["rawPath"], "/api/leads/lead_1");
    assert_eq!(event["rawQueryString"], "a=b%20c", "only the path is handed on decoded");
    assert_eq!(event["pathParameters"], json!({ "proxy": "lead_1" }));

    let (_, answer) = ask("GET", "/api/leads").await;
    assert_eq!(answer["event"]["routeKey"], "ANY /api/leads");
    assert_eq!(answer["event"]["pathParameters"], Value::Null);
}

#[tokio::test]
async fn a_route_of_its_own_comes_before_its_group() {
    for (method, path, function, key) in [
        ("POST", "/api/auth/login", "auth", "POST /api/auth/login"),
        ("GET", "/api/auth/login", "auth", "ANY /api/auth/{proxy+}"),
        ("POST", "/api/leads/import", "imports", "POST /api/leads/import"),
        ("GET", "/api/leads/import", "leads", "ANY /api/leads/{proxy+}"),
        ("GET", "/api/nowhere", "web", "GET /{proxy+}"),
    ] {
        let (status, answer) = ask(method, path).await;
        assert_eq!((status, &answer["function"]), (StatusCode::OK, &json!(function)), "{method} {path}");
        assert_eq!(answer["event"]["routeKey"], key);
    }
}

#[tokio::test]
async fn a_path_is_handed_on_decoded() {
    let (_, answer) = ask("GET", "/api/leads/a%2Fb%20c").await;
    assert_eq!(answer["event"]["rawPath"], "/api/leads/a/b c");
    assert_eq!(answer["event"]["pathParameters"], json!({ "proxy": "a/b c" }));
    let (_, answer) = ask("GET", "/api/leads/a%3Fb?c=d").await;
    assert_eq!(answer["event"]["rawPath"], "/api/leads/a", "what looks like a query is lost");
    assert_eq!(answer["event"]["rawQueryString"], "c=d");
}

#[tokio::test]
async fn unmatched_request_is_404_and_reaches_no_function() {
    for (method, path) in [
        ("POST", "/nowhere"),
        ("POST", "/api/nowhere"),
        ("DELETE", "/health"),
        ("PUT", "/api/webhooks/twilio"),
        ("PATCH", "/preview/page.js"),
        ("OPTIONS", "/u/a/b/c"),
    ] {
        let (status, answer) = ask(method, path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}");
        assert_eq!(answer, json!({ "message": "Not Found" }), "{method} {path}");
    }
}

async fn preflight(path: &str, origin: &str) -> Response<Vec<u8>> {
    let request = Request::builder().method("OPTIONS").uri(path).header("origin", origin);
    let request = request.header("access-control-request-method", "PATCH").body(Vec::new()).unwrap();
    gateway().call(request, "192.0.2.1").await
}

/// The function of a group is asked, for its route takes every method; elsewhere the gateway answers alone.
#[tokio::test]
async fn a_preflight_tells_what_the_template_allows_whoever_answers_it() {
    for (path, status) in [("/api/leads/1", StatusCode::OK), ("/preview/page.js", StatusCode::NO_CONTENT)] {
        let answer = preflight(path, "https://shop.example").await;
        assert_eq!(answer.status(), status, "{path}");
        for (name, value) in [
            ("access-control-allow-origin", "https://shop.example"),
            ("access-control-allow-methods", "GET,POST,PUT,PATCH,DELETE"),
            ("access-control-allow-headers", "authorization,content-type,idempotency-key"),
            ("access-control-max-age", "600"),
        ] {
            assert_eq!(answer.headers()[name], value, "{path}");
        }
        let stranger = preflight(path, "https://other.example").await;
        assert_eq!(stranger.status(), status, "{path}");
        let told = stranger.headers().keys().any(|name| name.as_str().starts_with("access-control-"));
        assert!(!told, "{path}: what the function says of it is dropped");
    }
}
