//! The request as Resend wants it, and the meaning of each of its responses.

use super::request::email;
use super::response::outcome;
use crate::transport::{InProcessHttp, TransportError};
use application::ports::provider_calls::{CallError, OutgoingMail, SendError};
use application::ports::provider_events::{Addressee, ProviderEvent};
use domain::MessageId;
use domain::contact::email_address::EmailAddress;
use domain::message::MessageState;
use domain::message::failure_class::FailureClass;
use futures::FutureExt;
use http::Response;
use jiff::SignedDuration;
use serde_json::Value;
use std::sync::{Arc, Mutex};

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

fn told(kind: &str, rest: Value) -> Vec<ProviderEvent> {
    let mut data = serde_json::json!({ "email_id": "49a3999c", "created_at": "2026-11-22T23:41:12.126Z",
        "from": "Joe <joe@acme.test>", "to": ["ann@lead.test"], "subject": "Hello",
        "tags": { "leadflow_message": tag() } });
    data.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    let event = serde_json::json!({ "type": kind, "created_at": "2026-11-22T23:41:12.126Z", "data": data });
    super::webhook::translate(&event.to_string()).unwrap()
}

fn tag() -> MessageId {
    let lead = domain::LeadId::derived(jiff::Timestamp::UNIX_EPOCH, &["ann"]);
    MessageId::derived(&lead, &["out"])
}

fn reported(kind: &str, rest: Value) -> Option<(MessageState, Option<FailureClass>, bool)> {
    told(kind, rest).pop().map(|event| match event {
        ProviderEvent::MessageStatus { message, state, failure, suppress, provider_id, addressee } => {
            assert_eq!((message, provider_id.as_deref()), (tag(), Some("49a3999c")));
            assert_eq!(addressee.to.as_deref(), Some("ann@lead.test"));
            (state, failure.map(|failure| failure.class), suppress)
        }
        other => panic!("{other:?}"),
    })
}

#[test]
fn events_tell_what_became_of_our_message() {
    let nothing = || serde_json::json!({});
    assert_eq!(reported("email.sent", nothing()), Some((MessageState::Accepted, None, false)));
    assert_eq!(reported("email.delivered", nothing()), Some((MessageState::Delivered, None, false)));
    let bounce = |kind: &str, sub: &str| {
        let bounce =
            serde_json::json!({ "bounce": { "type": kind, "subType": sub, "message": "550 5.1.1 no" } });
        reported("email.bounced", bounce)
    };
    let bounced = |class, dead| Some((MessageState::Bounced, Some(class), dead));
    assert_eq!(bounce("Permanent", "General"), bounced(FailureClass::HardUnknownUser, true));
    assert_eq!(bounce("Transient", "General"), bounced(FailureClass::SoftTemp, false));
    assert_eq!(bounce("Transient", "MailboxFull"), bounced(FailureClass::SoftFull, false));
    assert_eq!(bounce("Permanent", "ContentRejected"), bounced(FailureClass::BlockedPolicy, false));
    assert_eq!(bounce("Undetermined", "Undetermined"), bounced(FailureClass::Unknown, false));
    assert_eq!(reported("email.bounced", nothing()), bounced(FailureClass::Unknown, false));
    assert_eq!(reported("email.suppressed", nothing()), bounced(FailureClass::HardUnknownUser, true));
    let failed =
        reported("email.failed", serde_json::json!({ "failed": { "reason": "reached_daily_quota" } }));
    assert_eq!(failed, Some((MessageState::Failed, Some(FailureClass::Unknown), false)));
    assert_eq!(
        told("email.complained", nothing()),
        [ProviderEvent::Complained {
            message: tag(),
            addressee: Addressee::to(Some("ann@lead.test".to_owned()))
        }]
    );
    for other in ["email.opened", "email.clicked", "email.delivery_delayed", "domain.updated"] {
        assert_eq!(reported(other, nothing()), None, "{other}");
    }
}

#[test]
fn event_without_our_tag_is_ignored() {
    assert!(told("email.bounced", serde_json::json!({ "tags": { "category": "x" } })).is_empty());
    assert!(told("email.bounced", serde_json::json!({ "tags": null })).is_empty());
    let listed = serde_json::json!({ "tags": [{ "name": "leadflow_message", "value": tag() }] });
    assert_eq!(told("email.delivered", listed).len(), 1);
    assert!(super::webhook::translate("{}").is_err());
}

#[test]
fn received_mail_is_announced_by_an_id_that_cannot_lead_elsewhere() {
    let event = |kind: &str, id: &str| {
        serde_json::json!({ "type": kind, "data": { "email_id": id, "from": "ann@lead.test", "to": ["in@acme.test"] } })
            .to_string()
    };
    let announced = |id: &str| super::webhook::announced(&event("email.received", id));
    assert_eq!(announced("56761188-7520-42d8").as_deref(), Some("56761188-7520-42d8"));
    for hostile in ["", "../domains", "a/b", "a?b", "a#b", &"x".repeat(101)] {
        assert_eq!(announced(hostile), None, "{hostile}");
    }
    assert_eq!(super::webhook::announced(&event("email.sent", "56761188")), None);
    assert_eq!(super::webhook::announced("{"), None);
    let envelope = super::webhook::envelope(&event("email.received", "1")).unwrap();
    assert_eq!(envelope, (Some("ann@lead.test".to_owned()), vec!["in@acme.test".to_owned()]));
}

type Requests = Vec<http::Request<Vec<u8>>>;

/// Answers the first request, then the second one.
fn fetched(
    first: (u16, &'static str),
    second: (u16, &'static [u8]),
) -> (Result<Vec<u8>, CallError>, Requests) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = asked.clone();
    let http = InProcessHttp::new(move |request: http::Request<Vec<u8>>| {
        let (status, body) = match seen.lock().unwrap().len() {
            0 => (first.0, first.1.as_bytes()),
            _ => second,
        };
        seen.lock().unwrap().push(request);
        async move { Ok(Response::builder().status(status).body(body.to_vec()).unwrap()) }
    });
    let account = crate::tests::resend_account();
    let fetched = super::receiving::fetch(&http, &account, "56761188").now_or_never().unwrap();
    let asked = std::mem::take(&mut *asked.lock().unwrap());
    (fetched, asked)
}

const LINK: &str =
    r#"{"id":"56761188","raw":{"download_url":"https://inbound.example/1?signed","expires_at":"2026"}}"#;

#[test]
fn received_mail_is_fetched_from_the_link_without_the_key() {
    let (mail, asked) = fetched((200, LINK), (206, b"From: ann@lead.test\r\n\r\nYes"));
    assert_eq!(mail.unwrap(), b"From: ann@lead.test\r\n\r\nYes");
    assert_eq!(asked[0].uri(), "https://api.resend.com/emails/receiving/56761188?html_format=cid");
    assert_eq!(asked[0].headers()["authorization"], "Bearer re_key");
    assert_eq!(asked[1].uri(), "https://inbound.example/1?signed");
    assert_eq!(asked[1].headers().get("authorization"), None);
    assert_eq!(asked[1].headers()["range"], "bytes=0-1899999");
}

#[test]
fn received_mail_that_is_not_handed_out_is_refused_or_tried_again() {
    let mail = (200, b"x".as_slice());
    assert!(matches!(fetched((401, "{}"), mail).0, Err(CallError::Account(_))));
    assert!(matches!(fetched((404, "{}"), mail).0, Err(CallError::Rejected(_))));
    assert!(matches!(fetched((429, "{}"), mail).0, Err(CallError::RateLimited { .. })));
    assert!(matches!(fetched((500, "{}"), mail).0, Err(CallError::Unavailable(_))));
    assert!(matches!(fetched((200, "<html>"), mail).0, Err(CallError::Unavailable(_))));
    assert!(matches!(fetched((200, r#"{"raw":null}"#), mail).0, Err(CallError::Rejected(_))));
    let plain = r#"{"raw":{"download_url":"http://169.254.169.254/latest"}}"#;
    assert!(matches!(fetched((200, plain), mail).0, Err(CallError::Rejected(_))));
    assert!(matches!(fetched((200, LINK), (503, b"")).0, Err(CallError::Unavailable(_))));
}
