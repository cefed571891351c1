use axum::body::Body;
use http::Request;
use serde_json::{Value, json};

use super::fixture::{World, world, world_with};
use crate::{Credentials, DeedKind, Provider, RateLimits};

/// A sandbox without rate limits.
fn unhurried() -> World {
    world_with(|config| config.limits = RateLimits::unlimited())
}

fn request(verb: &str, path: &str, api_key: &str, key: Option<&str>, body: &Value) -> Request<Body> {
    let mut request = Request::builder().method(verb).uri(path).header("content-type", "application/json");
    if !api_key.is_empty() {
        request = request.header("authorization", format!("Bearer {api_key}"));
    }
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    request.body(Body::from(body.to_string())).unwrap()
}

async fn send(world: &World, key: Option<&str>, body: &Value) -> (u16, Value) {
    world.call(request("POST", "/resend/emails", Credentials::RESEND_KEY, key, body)).await
}

fn email() -> Value {
    json!({
        "from": "\"Maya, Röhl\" <maya@sandbox.leadflow.test>", "to": ["ann+silent@lead.example"],
        "subject": "Grüße", "html": "<p>Hi</p>", "text": "Hi",
        "reply_to": "r+1@reply.sandbox.leadflow.test",
        "headers": { "X-Leadflow-Message": "msg_1", "List-Unsubscribe": "<https://a.test/u>" },
        "tags": [{ "name": "leadflow_message", "value": "msg_1" }],
    })
}

fn with(field: &str, value: Value) -> Value {
    let mut changed = email();
    changed[field] = value;
    changed
}

#[tokio::test]
async fn resend_names_each_malformed_request() {
    let world = unhurried();
    let mut no_words = email();
    no_words.as_object_mut().unwrap().retain(|field, _| field != "html" && field != "text");
    let fifty_one: Vec<String> = (0..51).map(|n| format!("a{n}@lead.example")).collect();
    for (body, status, name) in [
        (with("from", Value::Null), 422, "validation_error"),
        (with("from", json!("")), 422, "missing_required_field"),
        (with("from", json!("Maya")), 422, "invalid_from_address"),
        (with("from", json!("Maya <m@elsewhere.test>")), 403, "validation_error"),
        (with("to", json!([])), 422, "missing_required_field"),
        (with("to", json!(fifty_one)), 422, "validation_error"),
        (with("to", json!("ann@example.com")), 422, "validation_error"),
        (with("to", json!("ann@test.com")), 422, "validation_error"),
        (with("to", json!("ann@lead.example\r\nBcc: x@y.example")), 422, "validation_error"),
        (with("subject", json!("")), 422, "missing_required_field"),
        (no_words, 422, "missing_required_field"),
        (with("headers", json!({ "X-A": "a\r\nBcc: x" })), 422, "validation_error"),
        (with("headers", json!({ "Message-ID": "<a@b>" })), 422, "validation_error"),
        (with("tags", json!([{ "name": "a b", "value": "c" }])), 422, "validation_error"),
        (with("tags", json!([{ "name": "a", "value": "x".repeat(257) }])), 422, "validation_error"),
        (with("attachments", json!([{ "filename": "a" }])), 422, "invalid_attachment"),
    ] {
        let (found, told) = send(&world, None, &body).await;
        assert_eq!((found, told["name"].as_str()), (status, Some(name)), "{body} {told}");
        assert_eq!(told["statusCode"], status);
    }
    let ask = |verb, path, api_key| world.call(request(verb, path, api_key, None, &json!({})));
    for (verb, path, api_key, status, name) in [
        ("POST", "/resend/emails", "", 401, "missing_api_key"),
        ("POST", "/resend/emails", "re_other", 403, "invalid_api_key"),
        ("PUT", "/resend/emails", Credentials::RESEND_KEY, 405, "method_not_allowed"),
        ("GET", "/resend/elsewhere", Credentials::RESEND_KEY, 404, "not_found"),
        ("GET", "/resend/emails/unknown", Credentials::RESEND_KEY, 422, "invalid_parameter"),
        (
            "GET",
            "/resend/emails/4ef9a417-02e9-4d39-ad75-9611e0fcc33c",
            Credentials::RESEND_KEY,
            404,
            "not_found",
        ),
    ] {
        let (found, told) = ask(verb, path, api_key).await;
        assert_eq!((found, told["name"].as_str()), (status, Some(name)), "{verb} {path}");
    }
    let (status, told) = send(&world, Some(&"k".repeat(257)), &email()).await;
    assert_eq!((status, told["name"].as_str()), (400, Some("invalid_idempotency_key")));
    assert!(world.sandbox.observed().emails.is_empty());
}

#[tokio::test]
async fn idempotency_key_accepts_one_body_for_a_day() {
    let world = unhurried();
    world.sandbox.lose_answers(Provider::Resend, 1);
    assert_eq!(send(&world, Some("k"), &email()).await.0, 504);
    // The first request is still being processed.
    for body in [email(), with("subject", json!("Other"))] {
        let (status, told) = send(&world, Some("k"), &body).await;
        assert_eq!((status, told["name"].as_str()), (409, Some("concurrent_idempotent_requests")));
    }
    world.clock.forward(5);
    let (status, first) = send(&world, Some("k"), &email()).await;
    assert_eq!(status, 200);
    assert_eq!(send(&world, Some("k"), &email()).await, (200, first.clone()));
    let (status, told) = send(&world, Some("k"), &with("subject", json!("Other"))).await;
    assert_eq!((status, told["name"].as_str()), (409, Some("invalid_idempotent_request")));
    let seen = world.sandbox.observed().emails;
    assert_eq!((seen.len(), seen[0].tag.as_deref(), seen[0].subject.as_str()), (1, Some("msg_1"), "Grüße"));

    let id = first["id"].as_str().unwrap();
    let path = format!("/resend/emails/{id}");
    let (status, mail) = world.call(request("GET", &path, Credentials::RESEND_KEY, None, &json!({}))).await;
    assert_eq!((status, mail["last_event"].as_str()), (200, Some("delivered")));

    world.clock.forward(24 * 3600);
    let (status, second) = send(&world, Some("k"), &email()).await;
    assert_eq!(status, 200);
    assert_ne!(second, first, "a key is forgotten after a day");
    assert_eq!(world.sandbox.observed().emails.len(), 2);
    // A refused request has used no key.
    assert_eq!(send(&world, Some("n"), &with("to", json!([]))).await.0, 422);
    assert_eq!(send(&world, Some("n"), &email()).await.0, 200);
}

#[tokio::test]
async fn resend_refuses_wrong_keys_outages_and_excess() {
    let world = world();
    assert_eq!(send(&world, None, &email()).await.0, 200);
    assert_eq!(send(&world, None, &email()).await.0, 200);
    let answer = request("POST", "/resend/emails", Credentials::RESEND_KEY, None, &email());
    let answer = tower::ServiceExt::oneshot(world.sandbox.router(), answer).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "1"));
    world.clock.forward(1);
    world.sandbox.set_out_of_credit(Provider::Resend, true);
    let (status, told) = send(&world, None, &email()).await;
    assert_eq!((status, told["name"].as_str()), (429, Some("monthly_quota_exceeded")));
    world.sandbox.set_out_of_credit(Provider::Resend, false);
    world.sandbox.set_outage(Provider::Resend, true);
    assert_eq!(send(&world, None, &email()).await.0, 503);
}

#[tokio::test]
async fn unknown_recipient_bounces_later_and_a_blocking_domain_at_once() {
    let world = world();
    assert_eq!(send(&world, None, &with("to", json!("ann+nosuchuser@lead.example"))).await.0, 200);
    let (status, told) = send(&world, Some("k"), &with("to", json!("ann+blocking@lead.example"))).await;
    assert_eq!((status, told["name"].as_str()), (451, Some("security_error")));
    world.live(1).await;
    let observed = world.sandbox.observed();
    assert_eq!((observed.emails.len(), observed.count(DeedKind::Bounced)), (1, 1));
    // The refused request has used no key.
    assert_eq!(send(&world, Some("k"), &email()).await.0, 200);
}
