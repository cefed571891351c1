//! The fake is as strict as the real provider: what it accepts, refuses and reports.

use axum::body::Body;
use http::Request;
use serde_json::Value;

use super::{API_KEY, LIMITS, Newcomer, PROVIDER, take};
use crate::fakes::Fake;
use crate::tests::fixture::{World, world};

async fn send(world: &World, key: &str, body: &Value) -> (u16, Value) {
    let request = Request::post("/newcomer/v1/messages").header("authorization", format!("Bearer {key}"));
    world.call(request.body(Body::from(body.to_string())).unwrap()).await
}

fn taken(world: &World) -> usize {
    let observed = world.sandbox.observed();
    observed.emails.len() + observed.sms.len()
}

#[tokio::test]
async fn valid_request_is_accepted() {
    let world = world();
    let (status, answer) = send(&world, API_KEY, &take::sample()).await;
    assert_eq!((status, taken(&world)), (202, 1), "{answer}");
    assert!(answer["id"].as_str().is_some_and(|id| !id.is_empty()));
}

#[tokio::test]
async fn faulty_request_gets_its_code() {
    let world = world();
    for (field, value, code) in take::faults() {
        let mut body = take::sample();
        body[field] = value;
        let (status, answer) = send(&world, API_KEY, &body).await;
        assert!((400..500).contains(&status), "{field}: {status}");
        assert_eq!(answer["code"], code, "{field}: {answer}");
    }
    let (status, answer) = send(&world, "guess", &take::sample()).await;
    assert_eq!((status, answer["code"].as_str()), (401, Some("bad_key")));
    assert_eq!(taken(&world), 0);
}

#[tokio::test]
async fn outage_and_lost_response_get_their_answers() {
    let world = world();
    world.sandbox.set_outage(PROVIDER, true);
    assert_eq!(send(&world, API_KEY, &take::sample()).await.0, 503);
    world.sandbox.set_outage(PROVIDER, false);
    world.sandbox.set_out_of_credit(PROVIDER, true);
    assert_eq!(send(&world, API_KEY, &take::sample()).await.1["code"], "no_credit");
    world.sandbox.set_out_of_credit(PROVIDER, false);
    world.sandbox.lose_answers(PROVIDER, 1);
    assert_eq!((send(&world, API_KEY, &take::sample()).await.0, taken(&world)), (504, 1), "it was taken");
    for _ in 1..LIMITS[0].requests {
        assert_eq!(send(&world, API_KEY, &take::sample()).await.0, 202);
    }
    let (status, answer) = send(&world, API_KEY, &take::sample()).await;
    assert_eq!((status, answer["code"].as_str()), (429, Some("too_many_requests")));
}

#[tokio::test]
async fn status_and_inbound_text_are_reported() {
    let world = world();
    assert_eq!(send(&world, API_KEY, &take::sample()).await.0, 202);
    if let Some(number) = Newcomer.number() {
        world.sandbox.text_us("+12125550123", Some(number), "Who is this?");
        world.live(1).await;
        let told = world.app.json("/api/webhooks/newcomer");
        let is = |kind: &str, field: &str, value: &str| {
            told.iter().any(|event| event["type"] == kind && event["data"][field] == value)
        };
        assert!(is("status", "reference", "msg_1") && is("text", "text", "Who is this?"), "{told:?}");
        let calls = world.app.calls("/api/webhooks/newcomer");
        assert!(calls.iter().all(|call| call.headers().contains_key("x-signature")));
    }
}
