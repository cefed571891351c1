//! Inbound Parse and events as SendGrid posts them, and what must be refused.

use super::Sendgrid;
use crate::reports::Reports;
use crate::tests::{account, no_http};
use application::ports::accounts::SecretFields;
use application::ports::provider_calls::OpenAccount;
use application::ports::provider_events::{Forged, InboundEmail, ProviderEvent, Verified, WebhookRequest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::message::MessageState;
use domain::message::failure_class::FailureClass;
use domain::message::identity::internet_id;
use domain::workspace::account::{AccountSettings, InboundVia};
use domain::workspace::webhook_public_key::WebhookPublicKey;
use domain::{LeadId, MessageId};
use futures::FutureExt as _;
use jiff::Timestamp;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

const RAW: &[u8] = b"From: Ann <ann@lead.test>\r\nTo: in@acme.test\r\nSubject: Re: Hello\r\nMessage-ID: <1@lead.test>\r\n\r\nYes, call me.";
const ENVELOPE: &[u8] = br#"{"to":["in+0abc@acme.test"],"from":"bounce@lead.test"}"#;

fn request(password: &str, fields: &[(&str, &[u8])]) -> WebhookRequest {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").into_bytes());
        body.extend_from_slice(value);
        body.extend(b"\r\n");
    }
    body.extend(b"--b--\r\n");
    let headers = vec![
        ("content-type".to_owned(), "multipart/form-data; boundary=b".to_owned()),
        ("authorization".to_owned(), format!("Basic {}", STANDARD.encode(format!("leadflow:{password}")))),
    ];
    WebhookRequest { url: "https://app.acme.test/api/webhooks/sendgrid/a".to_owned(), headers, body }
}

fn open(keys: &[&str]) -> OpenAccount {
    let settings = AccountSettings::InboundEmail {
        addresses: Vec::new(),
        via: InboundVia::Sendgrid,
        topic_arn: None,
        public_keys: keys.iter().map(|key| WebhookPublicKey::parse(key).unwrap()).collect(),
    };
    account(settings, SecretFields::one("signing_secret", "password"))
}

fn verify(request: &WebhookRequest) -> Result<Verified, Forged> {
    verify_with(&[], request, Timestamp::UNIX_EPOCH)
}

fn verify_with(keys: &[&str], request: &WebhookRequest, now: Timestamp) -> Result<Verified, Forged> {
    Sendgrid.verify_for(&no_http(), &open(keys), request, now).now_or_never().unwrap()
}

fn mail(verified: &Verified) -> InboundEmail {
    match crate::inbound_email::translate(&verified.payload).unwrap().pop() {
        Some(ProviderEvent::EmailReceived(mail)) => *mail,
        other => panic!("{other:?}"),
    }
}

#[test]
fn raw_mail_is_taken_as_it_is_and_a_repeat_is_known_by_it() {
    let fields: [(&str, &[u8]); 2] = [("email", RAW), ("envelope", ENVELOPE)];
    let verified = verify(&request("password", &fields)).unwrap();
    let read = mail(&verified);
    assert_eq!(read.to, ["in+0abc@acme.test", "in@acme.test"]);
    assert_eq!((read.internet_id.as_deref(), read.mail.text.trim()), (Some("1@lead.test"), "Yes, call me."));
    assert_eq!(verify(&request("password", &fields)).unwrap().event_id, verified.event_id);
    let other = verify(&request("password", &[("email", RAW)])).unwrap();
    assert_ne!(other.event_id, verified.event_id, "for another recipient");
}

#[test]
fn text_is_read_in_the_character_set_that_its_field_has() {
    let headers = b"From: Ann <ann@lead.test>\r\nSubject: Re:\r\n Hello\r\nIn-Reply-To: <msg_1@acme.test>\r\nContent-Type: multipart/mixed; boundary=x\r\n";
    let charsets = br#"{"to":"UTF-8","subject":"UTF-8","text":"iso-8859-1","html":"windows-1251"}"#;
    let fields: [(&str, &[u8]); 4] =
        [("headers", headers), ("text", b"Sch\xf6n, ja."), ("charsets", charsets), ("envelope", ENVELOPE)];
    let read = mail(&verify(&request("password", &fields)).unwrap());
    assert_eq!((read.mail.subject.as_str(), read.mail.text.trim()), ("Re: Hello", "Schön, ja."));
    assert_eq!(read.in_reply_to.as_deref(), Some("msg_1@acme.test"));
    let html: [(&str, &[u8]); 3] =
        [("headers", headers), ("html", b"<p>\xc4\xe0</p>"), ("charsets", charsets)];
    assert!(mail(&verify(&request("password", &html)).unwrap()).mail.plain().contains("Да"));
    for broken in [&b"{"[..], br#"{"text":"no such\r\nset"}"#, b"[1]"] {
        let fields: [(&str, &[u8]); 3] = [("headers", headers), ("text", b"Yes"), ("charsets", broken)];
        assert_eq!(mail(&verify(&request("password", &fields)).unwrap()).mail.text.trim(), "Yes");
    }
}

#[test]
fn forged_and_incomplete_requests_are_refused() {
    assert_eq!(verify(&request("passwort", &[("email", RAW)])).unwrap_err(), Forged::Mismatch);
    let mut nameless = request("password", &[("email", RAW)]);
    nameless.headers.pop();
    assert_eq!(verify(&nameless).unwrap_err(), Forged::Missing);
    assert!(matches!(verify(&request("password", &[("envelope", ENVELOPE)])), Err(Forged::Incomplete(_))));
    let mut broken = request("password", &[("email", RAW)]);
    broken.body.truncate(60);
    assert!(matches!(verify(&broken), Err(Forged::Incomplete(_))));
    let many = vec![("x", &b"y"[..]); 600];
    assert!(matches!(verify(&request("password", &many)), Err(Forged::Incomplete(_))));
}

/// The vector that SendGrid's own library is tested with.
const KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";
const SENT: &str = "1600112502";
const SIGNATURE: &str =
    "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=";
const EVENTS: &str = "[{\"email\":\"hello@world.com\",\"event\":\"dropped\",\"reason\":\"Bounced Address\",\"sg_event_id\":\"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA\",\"sg_message_id\":\"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0\",\"smtp-id\":\"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>\",\"timestamp\":1600112492}]\r\n";
/// Another key of the same kind.
const OTHER: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEmgmjvPAR/Lmwn2teL2WJUDIx35PqsnLKjPhPbrKkfMg6vK4NZQB1VeFSKbV7whQbEJRFHjF8+1zJxsXRP1GbWw==";

fn sent() -> Timestamp {
    Timestamp::from_second(1_600_112_502).unwrap()
}

fn signed(kind: &str, body: &[u8], time: &str, signature: &str) -> WebhookRequest {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    WebhookRequest {
        url: "https://app.acme.test/api/webhooks/sendgrid/a".to_owned(),
        headers: vec![
            header("content-type", kind),
            header("x-twilio-email-event-webhook-signature", signature),
            header("x-twilio-email-event-webhook-timestamp", time),
        ],
        body: body.to_vec(),
    }
}

#[test]
fn published_vector_verifies_with_any_of_the_accounts_keys() {
    let request = signed("application/json;charset=utf-8", EVENTS.as_bytes(), SENT, SIGNATURE);
    for keys in [&[KEY][..], &[OTHER, KEY]] {
        let verified = verify_with(keys, &request, sent()).unwrap();
        assert_eq!(verified.payload, EVENTS);
        assert_eq!(verify_with(keys, &request, sent()).unwrap().event_id, verified.event_id);
    }
    assert_eq!(verify_with(&[OTHER], &request, sent()), Err(Forged::Mismatch));
}

#[test]
fn changed_events_are_forged_and_a_password_does_not_replace_the_signature() {
    let json = "application/json";
    let body = EVENTS.as_bytes();
    let trimmed = EVENTS.trim_end().as_bytes();
    for request in [
        signed(json, trimmed, SENT, SIGNATURE),
        signed(json, body, "1600112503", SIGNATURE),
        signed(json, body, "+1600112502", SIGNATURE),
        signed(json, body, SENT, &SIGNATURE.replace("MEUC", "MEUD")),
        signed(json, body, SENT, "no base64"),
        signed(json, body, SENT, ""),
    ] {
        assert_eq!(verify_with(&[KEY], &request, sent()), Err(Forged::Mismatch));
    }
    let mut twice = signed(json, body, SENT, SIGNATURE);
    twice.headers.push(twice.headers[1].clone());
    assert_eq!(verify_with(&[KEY], &twice, sent()), Err(Forged::Missing));
    assert_eq!(verify_with(&[KEY], &request("password", &[("email", RAW)]), sent()), Err(Forged::Missing));
    // Without a key at hand the signature says nothing.
    assert_eq!(verify_with(&[], &signed(json, body, SENT, SIGNATURE), sent()), Err(Forged::Missing));
}

#[test]
fn signature_older_than_sendgrid_retries_or_from_the_future_is_refused() {
    let request = signed("application/json", EVENTS.as_bytes(), SENT, SIGNATURE);
    let at = |seconds: i64| Timestamp::from_second(1_600_112_502 + seconds).unwrap();
    for seconds in [-300, 0, 72 * 3_600] {
        assert!(verify_with(&[KEY], &request, at(seconds)).is_ok(), "{seconds}");
    }
    for seconds in [-301, 72 * 3_600 + 1] {
        assert_eq!(verify_with(&[KEY], &request, at(seconds)), Err(Forged::OutsideTolerance), "{seconds}");
    }
}

#[test]
fn signed_mail_is_read_and_a_changed_one_is_forged() {
    let key = SigningKey::from_slice(&[7; 32]).unwrap();
    let point = key.verifying_key().to_encoded_point(false);
    let head = &STANDARD.decode(KEY).unwrap()[..26];
    let public = STANDARD.encode([head, point.as_bytes()].concat());
    let mut posted = request("", &[("email", RAW), ("envelope", ENVELOPE)]);
    let signature: Signature = key.sign(&[SENT.as_bytes(), &posted.body].concat());
    let encoded = STANDARD.encode(signature.to_der());
    posted = signed("multipart/form-data; boundary=b", &posted.body, SENT, &encoded);
    let verified = verify_with(&[KEY, &public], &posted, sent()).unwrap();
    assert_eq!(mail(&verified).to, ["in+0abc@acme.test", "in@acme.test"]);
    posted.body.extend(b" ");
    assert_eq!(verify_with(&[KEY, &public], &posted, sent()), Err(Forged::Mismatch));
}

#[test]
fn json_that_is_no_list_of_events_is_refused() {
    for body in ["{}", "", "null", "\u{feff}[]"] {
        let mut posted = request("password", &[]);
        posted.headers[0].1 = "application/json".to_owned();
        posted.body = body.as_bytes().to_vec();
        assert!(matches!(verify(&posted), Err(Forged::Incomplete(_))), "{body:?}");
    }
}

fn message() -> MessageId {
    MessageId::derived(&LeadId::derived(sent(), &["l"]), &["m"])
}

fn translated(events: &Value) -> Vec<ProviderEvent> {
    Sendgrid.translate(&open(&[]).settings, &events.to_string()).unwrap()
}

/// One event about a message of ours.
fn event(kind: &str, part: Value) -> Option<ProviderEvent> {
    let mut event = json!({ "event": kind, "email": "ann@lead.test", "sg_event_id": "1", "timestamp": 1,
                            "smtp-id": format!("<{}>", internet_id(&message(), "acme.test")) });
    event.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
    translated(&json!([event])).pop()
}

#[test]
fn events_name_our_message_and_those_of_others_are_ignored() {
    let of = |kind: &str| match event(kind, json!({})) {
        Some(ProviderEvent::MessageStatus { message: of, state, failure: None, suppress: false, .. }) => {
            assert_eq!(of, message());
            Some(state)
        }
        None => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(of("processed"), Some(MessageState::Accepted));
    assert_eq!(of("delivered"), Some(MessageState::Delivered));
    for kind in ["deferred", "open", "click", "unsubscribe", "group_unsubscribe", "of_tomorrow"] {
        assert_eq!(of(kind), None, "{kind}");
    }
    let complained = event("spamreport", json!({}));
    assert!(
        matches!(&complained, Some(ProviderEvent::Complained { message: of, .. }) if *of == message()),
        "{complained:?}"
    );
    let others = json!([{ "event": "delivered", "smtp-id": "<1@other.test>" }, { "event": "delivered" }]);
    assert_eq!(translated(&others), []);
    assert!(Sendgrid.translate(&open(&[]).settings, "[{\"event\":1}]").is_err());
}

#[test]
fn hard_bounce_suppresses_and_a_block_or_a_full_mailbox_does_not() {
    let bounce = |kind: &str, status: &str, reason: &str| {
        let part = json!({ "type": kind, "status": status, "reason": reason });
        match event("bounce", part) {
            Some(ProviderEvent::MessageStatus { state, failure: Some(failure), suppress, .. }) => {
                assert_eq!(state, MessageState::Bounced);
                (failure.class, suppress)
            }
            other => panic!("{other:?}"),
        }
    };
    let unknown = "550 5.1.1 The email account that you tried to reach does not exist";
    assert_eq!(bounce("bounce", "5.1.1", unknown), (FailureClass::HardUnknownUser, true));
    assert_eq!(bounce("blocked", "5.1.1", unknown), (FailureClass::HardUnknownUser, false));
    assert_eq!(bounce("bounce", "5.2.2", "552 5.2.2 mailbox full"), (FailureClass::SoftFull, false));
    let (class, suppress) = bounce("blocked", "5.7.1", "550 5.7.1 blocked using a blacklist");
    assert!(matches!(class, FailureClass::BlockedPolicy | FailureClass::BlockedReputation), "{class}");
    assert!(!suppress);
}

#[test]
fn mail_that_sendgrid_did_not_send_says_what_its_own_list_knows() {
    let dropped = |reason: &str| match event("dropped", json!({ "reason": reason })) {
        Some(ProviderEvent::MessageStatus { state, failure: Some(failure), suppress, .. }) => {
            Some((state, failure.class, suppress))
        }
        Some(ProviderEvent::Complained { .. }) => None,
        other => panic!("{other:?}"),
    };
    let dead = Some((MessageState::Bounced, FailureClass::HardUnknownUser, true));
    assert_eq!((dropped("Bounced Address"), dropped("Invalid")), (dead, dead));
    let opted_out = Some((MessageState::Failed, FailureClass::OptedOut, true));
    assert_eq!(dropped("Unsubscribed Address"), opted_out);
    assert_eq!(dropped("Spam Reporting Address"), None);
    let other = Some((MessageState::Failed, FailureClass::Unknown, false));
    assert_eq!(dropped("Recipient List over Package Quota"), other);
}
