//! The published vector, and everything that must be refused.

use super::verify;
use application::ports::provider_events::{Forged, WebhookRequest};
use jiff::Timestamp;

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const GOOD: &str = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";

fn request(prefix: &str, signature: &str) -> WebhookRequest {
    let header = |name: &str, value: &str| (format!("{prefix}-{name}"), value.to_owned());
    WebhookRequest {
        url: "https://app.acme.test/api/webhooks/inbound-email".to_owned(),
        headers: vec![
            header("id", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk"),
            header("timestamp", "1649367553"),
            header("signature", signature),
        ],
        body: br#"{"email":"test@example.com","username":"test_user"}"#.to_vec(),
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_649_367_553 + seconds).unwrap()
}

#[test]
fn published_vector_verifies_under_both_header_names() {
    for prefix in ["webhook", "svix"] {
        let verified = verify(&request(prefix, GOOD), SECRET, at(0)).unwrap();
        assert_eq!(verified.event_id, "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk");
        assert!(verified.payload.contains("test_user"));
    }
    let several = format!("v1,bm9uc2Vuc2U= v1a,whatever {GOOD}");
    assert!(verify(&request("webhook", &several), SECRET, at(0)).is_ok());
}

#[test]
fn changed_webhook_is_forged() {
    let forged = |request: WebhookRequest| verify(&request, SECRET, at(0)).unwrap_err();
    for at in 3..GOOD.len() {
        let mut changed = GOOD.as_bytes().to_vec();
        changed[at] ^= 1;
        assert_eq!(forged(request("webhook", &String::from_utf8(changed).unwrap())), Forged::Mismatch);
    }
    assert_eq!(forged(request("webhook", &GOOD.replace("v1,", "v2,"))), Forged::Mismatch);
    let mut other = request("webhook", GOOD);
    other.body.push(b' ');
    assert_eq!(forged(other), Forged::Mismatch);
    let mut other = request("webhook", GOOD);
    other.headers[1].1 = "1649367554".to_owned();
    assert_eq!(forged(other), Forged::Mismatch);
    let mut dotted = request("webhook", GOOD);
    dotted.headers[0].1 = "a.b".to_owned();
    assert_eq!(forged(dotted), Forged::Mismatch);
    for missing in 0..3 {
        let mut partial = request("webhook", GOOD);
        partial.headers.remove(missing);
        assert_eq!(forged(partial), Forged::Missing);
    }
    assert_eq!(verify(&request("webhook", GOOD), "whsec_AAAA", at(0)), Err(Forged::Mismatch));
    assert_eq!(verify(&request("webhook", GOOD), "whsec_not base64", at(0)), Err(Forged::Mismatch));
}

#[test]
fn signature_time_is_checked_in_both_directions() {
    assert!(verify(&request("webhook", GOOD), SECRET, at(300)).is_ok());
    assert!(verify(&request("webhook", GOOD), SECRET, at(-300)).is_ok());
    for seconds in [301, -301, 1_000_000] {
        assert_eq!(verify(&request("webhook", GOOD), SECRET, at(seconds)), Err(Forged::OutsideTolerance));
    }
}
