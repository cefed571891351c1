use application::Clock;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use serde_json::Value;

use super::fixture::{World, world, world_with};
use crate::config::{NumberQueue, RateLimit};
use crate::{Credentials, PhonePersona, Provider, signatures};

const PATH: &str = "/twilio/2010-04-01/Accounts/AC00000000000000000000000000005a4d/Messages.json";

fn request(method: &str, path: &str, token: &str, form: &[(&str, &str)]) -> Request<Body> {
    let login = STANDARD.encode(format!("{}:{token}", Credentials::TWILIO_ACCOUNT_SID));
    Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Basic {login}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(serde_urlencoded::to_string(form).unwrap()))
        .unwrap()
}

async fn send(world: &World, form: &[(&str, &str)]) -> (u16, Value) {
    world.call(request("POST", PATH, Credentials::TWILIO_AUTH_TOKEN, form)).await
}

/// A number whose holder has this persona.
pub fn number_of(world: &World, persona: PhonePersona) -> String {
    (2_000_000..).map(|n| format!("+1212{n}")).find(|n| world.sandbox.phone_persona(n) == persona).unwrap()
}

#[tokio::test]
async fn twilio_answers_each_malformed_request_with_its_code() {
    let world = world();
    let from = ("From", Credentials::TWILIO_NUMBER);
    let service = ("MessagingServiceSid", Credentials::TWILIO_MESSAGING_SERVICE_SID);
    let long = "x".repeat(1_601);
    let cases: &[(&[(&str, &str)], u32)] = &[
        (&[from, ("Body", "x")], 21604),
        (&[("To", "+12125550100"), ("Body", "x")], 21603),
        (&[("To", "+12125550100"), from], 21619),
        (&[("To", "+12125550100"), from, ("Body", &long)], 21617),
        (&[("To", "12125550100"), from, ("Body", "x")], 21211),
        (&[("To", "+1212555010"), from, ("Body", "x")], 21211),
        (&[("To", "+11125550100"), from, ("Body", "x")], 21211),
        (&[("To", "+15005550009"), from, ("Body", "x")], 21614),
        (&[("To", "+12125550100"), ("From", "junk"), ("Body", "x")], 21212),
        (&[("To", "+12125550100"), ("From", "+12025550143"), ("Body", "x")], 21606),
        (&[("To", "+12125550100"), from, ("Body", "x"), ("StatusCallback", "http://a_b.test/x")], 21609),
        (&[("To", "+12125550100"), from, ("ContentSid", "CX1")], 21656),
        (&[("To", "+12125550100"), from, ("Body", "x"), ("SendAt", "2026-11-18T17:00:00Z")], 35118),
        (&[("To", "+12125550100"), ("From", "+12025550143"), service, ("Body", "x")], 21606),
    ];
    for (form, code) in cases {
        let (status, body) = send(&world, form).await;
        assert_eq!((status, body["code"].as_u64()), (400, Some(u64::from(*code))), "{form:?} {body}");
    }
    let (status, body) = world.call(request("POST", PATH, "wrong", &[])).await;
    assert_eq!((status, body["code"].as_u64()), (401, Some(20003)));
    assert!(world.sandbox.observed().sms.is_empty());
}

#[tokio::test]
async fn sms_is_accepted_listed_and_reported_with_signed_callbacks() {
    let world = world();
    let to = number_of(&world, PhonePersona::Silent);
    let callback = "http://localhost:8787/api/webhooks/twilio?tag=m1";
    let form = [
        ("To", to.as_str()),
        ("From", Credentials::TWILIO_NUMBER),
        ("Body", "Hello"),
        ("StatusCallback", callback),
    ];
    let (status, body) = send(&world, &form).await;
    assert_eq!((status, &body["status"]), (201, &"queued".into()));
    assert_eq!(body["sid"].as_str().unwrap().len(), 34);
    let query = format!("{PATH}?To={}", to.replace('+', "%2B"));
    let (_, list) = world.call(request("GET", &query, Credentials::TWILIO_AUTH_TOKEN, &[])).await;
    assert_eq!(list["messages"].as_array().unwrap().len(), 1);
    world.live(1).await;
    let calls = world.app.calls("/api/webhooks/twilio");
    assert!(calls.len() >= 3);
    let mut statuses = Vec::new();
    for call in &calls {
        let form: Vec<(String, String)> = serde_urlencoded::from_bytes(call.body()).unwrap();
        let expected = signatures::twilio(Credentials::TWILIO_AUTH_TOKEN, callback, &form);
        assert_eq!(call.headers()["x-twilio-signature"], expected.as_str());
        statuses.push(form.iter().find(|(name, _)| name == "MessageStatus").unwrap().1.clone());
    }
    for status in ["sending", "sent", "delivered"] {
        assert!(statuses.iter().any(|each| each == status), "{statuses:?}");
    }
    assert_eq!(world.sandbox.observed().sms_acceptances()[callback], 1);
}

#[tokio::test]
async fn stop_closes_the_pair_until_start() {
    let world = world();
    let to = number_of(&world, PhonePersona::Stopper);
    let form = [("To", to.as_str()), ("From", Credentials::TWILIO_NUMBER), ("Body", "Hello")];
    assert_eq!(send(&world, &form).await.0, 201);
    world.live(2).await;
    let observed = world.sandbox.observed();
    assert_eq!(observed.count(crate::DeedKind::TextedStop), 1);
    assert!(observed.deeds.iter().all(|deed| deed.answered_at.is_some()));
    assert_eq!(send(&world, &form).await.1["code"], 21610);
    world.sandbox.text_us(&to, None, "START");
    world.live(1).await;
    assert_eq!(send(&world, &form).await.0, 201);
}

#[tokio::test]
async fn twilio_overload_outage_and_lost_response_get_their_answers() {
    let world = world_with(|config| {
        config.limits.twilio = vec![RateLimit { requests: 1, per: jiff::SignedDuration::from_secs(1) }];
    });
    let form = [("To", "+12125550100"), ("From", Credentials::TWILIO_NUMBER), ("Body", "Hello")];
    world.sandbox.lose_answers(Provider::Twilio, 1);
    assert_eq!(send(&world, &form).await.0, 504);
    assert_eq!(world.sandbox.observed().sms.len(), 1);
    let (status, body) = send(&world, &form).await;
    assert_eq!((status, &body["code"]), (429, &20429.into()));
    world.sandbox.set_outage(Provider::Twilio, true);
    assert_eq!(send(&world, &form).await.0, 503);
}

#[tokio::test]
async fn unreachable_number_ends_undelivered_with_its_code() {
    let world = world();
    let to = number_of(&world, PhonePersona::Landline);
    let callback = ("StatusCallback", "http://localhost:8787/api/webhooks/twilio");
    send(&world, &[("To", &to), ("From", Credentials::TWILIO_NUMBER), ("Body", "Hello"), callback]).await;
    world.live(1).await;
    let bodies: Vec<String> = world
        .app
        .calls("/api/webhooks/twilio")
        .iter()
        .map(|call| String::from_utf8(call.body().clone()).unwrap())
        .collect();
    assert!(
        bodies
            .iter()
            .any(|body| body.contains("MessageStatus=undelivered") && body.contains("ErrorCode=30006"))
    );
}

#[tokio::test]
async fn number_sends_a_segment_a_second_and_refuses_a_full_queue() {
    let queue = NumberQueue { segments_per_second: 1, longest_wait: jiff::SignedDuration::from_secs(60) };
    let world = world_with(|config| config.limits.twilio_number = Some(queue));
    let callback = ("StatusCallback", "http://localhost:8787/api/webhooks/twilio");
    let to = number_of(&world, PhonePersona::Silent);
    let long = "x".repeat(1_500);
    let form = |body| [("To", to.as_str()), ("From", Credentials::TWILIO_NUMBER), ("Body", body), callback];
    for _ in 0..5 {
        assert_eq!(send(&world, &form(&long)).await.0, 201);
    }
    assert_eq!(send(&world, &form("Hello")).await.0, 201);
    let (status, told) = send(&world, &form(&long)).await;
    assert_eq!((status, told["code"].as_u64()), (400, Some(21611)));
    assert_eq!(send(&world, &form("Hello")).await.0, 201);
    // The sixth text waits behind ten segments of each of the others.
    world.sandbox.run_due(world.clock.now() + jiff::SignedDuration::from_secs(49), &*world.app).await;
    let told = |sid: &str| {
        let named = format!("MessageSid={sid}");
        let calls = world.app.calls("/api/webhooks/twilio");
        calls.iter().any(|call| String::from_utf8_lossy(call.body()).contains(&named))
    };
    let sids: Vec<String> = world.sandbox.observed().sms.into_iter().map(|sms| sms.sid).collect();
    assert_eq!(
        sids.iter().map(|sid| told(sid)).collect::<Vec<_>>(),
        [true, true, true, true, true, false, false]
    );
}

#[tokio::test]
async fn filtered_text_ends_undelivered_with_30007() {
    let world = world_with(|config| config.blocking_percent = 10);
    let to = number_of(&world, PhonePersona::Filtered);
    let callback = ("StatusCallback", "http://localhost:8787/api/webhooks/twilio");
    send(&world, &[("To", &to), ("From", Credentials::TWILIO_NUMBER), ("Body", "Hello"), callback]).await;
    world.live(1).await;
    let calls = world.app.calls("/api/webhooks/twilio");
    assert!(calls.iter().any(|call| String::from_utf8_lossy(call.body()).contains("ErrorCode=30007")));
}
