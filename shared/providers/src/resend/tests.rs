//! The request as Resend wants it, and the meaning of each of its responses.

use super::request::email;
use super::response::outcome;
use crate::transport::TransportError;
use application::ports::provider_calls::{OutgoingMail, SendError};
use domain::contact::email_address::EmailAddress;
use domain::message::failure_class::FailureClass;
use http::Response;
use jiff::SignedDuration;
use serde_json::Value;

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn mail() -> OutgoingMail {
    OutgoingMail {
        from: address("joe@acme.test"),
        from_name: "Joe, \"the\"\r\nSender".to_owned(),
        message_id: "01@acme.test".to_owned(),
        to: address("ann@lead.test"),
        to_name: None,
        reply_to: Some(address("reply+1@in.acme.test")),
        subject: "Hello".to_owned(),
        text: "Hi Ann\r\n".to_owned(),
        html: "<p>Hi Ann</p>".to_owned(),
        in_reply_to: Some("parent@acme.test".to_owned()),
        references: vec![
            "root@acme.test".to_owned(),
            "evil>\r\nBcc: x@y.test".to_owned(),
            "parent@acme.test".to_owned(),
        ],
        unsubscribe_url: Some("https://app.acme.test/u/t".to_owned()),
        tag: "msg_01".to_owned(),
    }
}

#[test]
fn request_equals_the_fixture() {
    let request = email("https://api.resend.com/", "re_key", &mail()).unwrap();
    assert_eq!(request.uri(), "https://api.resend.com/emails");
    assert_eq!(request.headers()["authorization"], "Bearer re_key");
    assert_eq!(request.headers()["idempotency-key"], "msg_01");
    assert!(!format!("{request:?}").contains("re_key"));
    let sent: Value = serde_json::from_slice(request.body()).unwrap();
    let wanted: Value = serde_json::from_str(include_str!("fixtures/request.json")).unwrap();
    assert_eq!(sent, wanted);
    let again = email("https://api.resend.com/", "re_key", &mail()).unwrap();
    assert_eq!(again.body(), request.body());
}

#[test]
fn undeliverable_mail_is_refused_before_it_is_sent() {
    let class = |change: fn(&mut OutgoingMail)| {
        let mut bad = mail();
        change(&mut bad);
        match email("https://api.resend.com", "re_key", &bad) {
            Err(SendError::Rejected { class, .. }) => class,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(class(|mail| mail.to = address("müller@lead.test")), FailureClass::AddressNotSupported);
    assert_eq!(class(|mail| mail.tag = "x\r\nBcc: y".to_owned()), FailureClass::BadContent);
    assert_eq!(class(|mail| mail.tag = "x".repeat(257)), FailureClass::BadContent);
    assert_eq!(class(|mail| mail.subject = "x".repeat(501)), FailureClass::BadContent);
    assert_eq!(class(|mail| mail.html = "x".repeat(41 * 1024 * 1024)), FailureClass::TooLarge);
    let nowhere = email("ftp://x", "re_key", &mail());
    assert!(matches!(nowhere, Err(SendError::Account { .. })), "{nowhere:?}");
}

fn answer(status: u16, body: &str) -> SendError {
    let response = Response::builder().status(status).header("retry-after", "3");
    outcome(Ok(response.body(body.as_bytes().to_vec()).unwrap()), "ann@lead.test").unwrap_err()
}

fn named(status: u16, name: &str) -> SendError {
    answer(status, &format!(r#"{{"statusCode":{status},"name":"{name}","message":"no ann@lead.test"}}"#))
}

#[test]
fn each_response_is_classified() {
    let created = Response::builder().status(200);
    let created = created.body(include_bytes!("fixtures/created.json").to_vec()).unwrap();
    let accepted = outcome(Ok(created), "ann@lead.test").unwrap();
    assert_eq!(accepted.provider_id.as_deref(), Some("49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"));

    for (status, name) in
        [(422, "missing_required_field"), (422, "validation_error"), (422, "invalid_parameter")]
    {
        let SendError::Rejected { class, detail, suppress, .. } = named(status, name) else {
            panic!("{name}")
        };
        assert_eq!((class.as_str(), detail.as_str(), suppress), ("bad_content", "no the recipient", false));
    }
    assert!(matches!(
        named(451, "security_error"),
        SendError::Blocked { class: FailureClass::BlockedPolicy, .. }
    ));
    for (status, name) in [
        (401, "missing_api_key"),
        (403, "invalid_api_key"),
        (403, "validation_error"),
        (422, "invalid_from_address"),
        (405, "method_not_allowed"),
    ] {
        assert!(matches!(named(status, name), SendError::Account { .. }), "{name}");
    }
    let three = SignedDuration::from_secs(3);
    let busy = named(409, "concurrent_idempotent_requests");
    assert!(
        matches!(busy, SendError::Retryable { after: Some(after), .. } if after == SignedDuration::from_secs(3))
    );
    for over in [named(429, "rate_limit_exceeded"), named(429, "new_limit_exceeded"), answer(429, "<html>")] {
        assert!(matches!(over, SendError::TooFast { after, .. } if after == three), "{over:?}");
    }
    let used_up = named(429, "daily_quota_exceeded");
    assert!(matches!(used_up, SendError::Down { after, .. } if after == Some(three)), "{used_up:?}");

    let other_words = r#"{"statusCode":409,"name":"invalid_idempotent_request","message":""}"#;
    let other_words = Response::builder().status(409).body(other_words.as_bytes().to_vec()).unwrap();
    let known = outcome(Ok(other_words), "ann@lead.test").unwrap_err();
    assert!(matches!(known, SendError::Uncertain(_)), "{known:?}");
    for lost in
        [answer(500, "<html>"), answer(200, "<html>"), named(503, "application_error"), answer(408, "")]
    {
        assert!(matches!(lost, SendError::Uncertain(_)), "{lost:?}");
    }
    assert!(matches!(answer(404, "<html>"), SendError::Account { .. }));
    let unsent = outcome(Err(TransportError::NotSent("refused".into())), "a").unwrap_err();
    assert!(matches!(unsent, SendError::Down { .. }));
    let lost = outcome(Err(TransportError::Ambiguous("reset".into())), "a").unwrap_err();
    assert!(matches!(lost, SendError::Uncertain(_)));
}
