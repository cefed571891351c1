//! Every response by what can be done about it, and the events of its webhooks. Each line of the table of errors has
//! one here.

use super::webhook::{account, verify};
use super::{DECLARED, Newcomer};
use crate::reports::Reports;
use crate::sends::Sends;
use crate::tests::noon;
use crate::transport::TransportError;
use application::ports::provider_calls::{Accepted, SendError};
use application::ports::provider_events::{Forged, ProviderEvent, WebhookRequest};
use domain::contact::channel::Channel;
use domain::message::MessageState;
use domain::message::failure_class::FailureClass;
use domain::workspace::account::AccountSettings;
use domain::{LeadId, MessageId};
use hmac::{Hmac, Mac};
use http::Response;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &str = "s3cret";

fn answered(status: u16, body: &str) -> Result<Accepted, SendError> {
    let response = Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap();
    Newcomer.outcome(Ok(response), "+12025550177")
}

fn refused(status: u16, code: &str) -> SendError {
    let told = json!({ "code": code, "message": "To +12025550177 is not good" });
    answered(status, &told.to_string()).unwrap_err()
}

#[test]
fn recorded_response_is_accepted() {
    let taken = answered(202, include_str!("fixtures/taken.json")).unwrap();
    assert_eq!(taken.provider_id.as_deref(), Some("m_1"));
}

#[test]
fn each_refusal_has_its_class() {
    for (code, class, suppresses) in [
        ("invalid_recipient", "hard_unknown_user", true),
        ("opted_out", "opted_out", true),
        ("invalid_content", "bad_content", false),
        ("too_long", "too_large", false),
        ("nobody_knows_this", "unknown", false),
    ] {
        let error = refused(422, code);
        let SendError::Rejected { class: found, detail, suppress, .. } = error else { panic!("{error:?}") };
        assert_eq!((found.as_str(), suppress), (class, suppresses));
        assert_eq!(detail, "To the recipient is not good");
    }
    assert!(matches!(refused(422, "spam"), SendError::Blocked { class: FailureClass::BlockedPolicy, .. }));
}

#[test]
fn errors_are_classified_by_what_can_be_done() {
    for code in ["bad_key", "bad_sender", "no_credit", "suspended"] {
        assert!(matches!(refused(403, code), SendError::Account { .. }), "{code}");
    }
    assert!(matches!(refused(422, "recipient_busy"), SendError::Retryable { .. }));
    assert!(matches!(refused(429, "too_many_requests"), SendError::Down { .. }));
    assert!(matches!(answered(429, "<html>"), Err(SendError::Down { .. })));
    assert!(matches!(answered(404, "<html>"), Err(SendError::Account { .. })));
}

#[test]
fn message_that_may_have_been_accepted_is_uncertain() {
    for (status, body) in [(200, "<html>"), (408, ""), (500, "{}"), (503, ""), (504, "")] {
        assert!(matches!(answered(status, body), Err(SendError::Uncertain(_))), "{status}");
    }
    let lost = Newcomer.outcome(Err(TransportError::Ambiguous("reset".into())), "+12025550177");
    assert!(matches!(lost, Err(SendError::Uncertain(_))));
    let unsent = Newcomer.outcome(Err(TransportError::NotSent("refused".into())), "+12025550177");
    assert!(matches!(unsent, Err(SendError::Down { .. })));
}

fn called(body: &str, at: Timestamp) -> WebhookRequest {
    let sent = at.as_second().to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{sent}.{body}").as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    WebhookRequest {
        url: "https://app.example/api/webhooks/newcomer/c1".to_owned(),
        headers: vec![("x-signature".to_owned(), signature), ("x-timestamp".to_owned(), sent)],
        body: body.as_bytes().to_vec(),
    }
}

#[test]
fn changed_webhook_is_forged() {
    let body = r#"{"id":"e1","account":"a1","type":"status","data":{}}"#;
    let good = called(body, noon());
    assert!(DECLARED.reports && DECLARED.secrets.contains(&"webhook_secret"));
    assert_eq!(account(&good).as_deref(), Some("a1"));
    assert_eq!(verify(&good, SECRET, noon()).unwrap().event_id, "e1");
    assert_eq!(verify(&good, "other", noon()), Err(Forged::Mismatch));
    let hour = jiff::SignedDuration::from_hours(1);
    assert_eq!(verify(&good, SECRET, noon() + hour), Err(Forged::OutsideTolerance));
    let mut changed = good.clone();
    changed.body[7] ^= 1;
    assert_eq!(verify(&changed, SECRET, noon()), Err(Forged::Mismatch));
    let bare = WebhookRequest { headers: Vec::new(), ..good };
    assert_eq!(verify(&bare, SECRET, noon()), Err(Forged::Missing));
}

fn told(kind: &str, data: Value) -> Vec<ProviderEvent> {
    let payload = json!({ "id": "e1", "type": kind, "data": data }).to_string();
    let settings = AccountSettings::Stripe { account_id: None, livemode: false };
    Newcomer.translate(&settings, &payload).unwrap()
}

#[test]
fn status_report_names_our_message() {
    let ours = MessageId::derived(&LeadId::derived(noon(), &["l"]), &["m"]);
    let of = |status: &str, code: Option<&str>| {
        told("status", json!({ "id": "m_1", "reference": ours, "status": status, "code": code }))
    };
    for (status, wanted) in [
        ("sent", MessageState::Accepted),
        ("delivered", MessageState::Delivered),
        ("undelivered", MessageState::Bounced),
        ("failed", MessageState::Failed),
    ] {
        let events = of(status, None);
        let [ProviderEvent::MessageStatus { message, state, failure, .. }] = &events[..] else {
            panic!("{events:?}")
        };
        assert_eq!((message, *state), (&ours, wanted));
        assert_eq!(failure.is_some(), matches!(wanted, MessageState::Bounced | MessageState::Failed));
    }
    let dead = of("failed", Some("invalid_recipient"));
    assert!(matches!(&dead[..], [ProviderEvent::MessageStatus { suppress: true, .. }]));
    assert_eq!(of("queued", None), []);
    assert_eq!(told("status", json!({ "id": "m_1", "status": "delivered" })), [], "not one of ours");
    assert_eq!(told("something_new", json!({})), []);
}

#[test]
fn received_text_is_a_reply() {
    let events =
        told("text", json!({ "id": "m_2", "from": "+12025550177", "to": "+12025550142", "text": "Stop" }));
    if DECLARED.kind.channel() == Some(Channel::Email) {
        assert_eq!(events, [], "it comes by mail");
        return;
    }
    let [ProviderEvent::TextReceived { channel, from, text, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((Some(*channel), from.as_str()), (DECLARED.kind.channel(), "+12025550177"));
    assert_eq!(text, "Stop");
}
