//! Inbound mail as Postmark posts it, and what must be refused.

use super::Postmark;
use crate::reports::{Key, Reports};
use application::ports::accounts::SecretFields;
use application::ports::provider_events::{Forged, InboundEmail, ProviderEvent, Verified, WebhookRequest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

const RAW: &str = "From: Ann <ann@lead.test>\r\nTo: in@acme.test\r\nSubject: Re: Hello\r\nMessage-ID: <1@lead.test>\r\n\r\nYes, call me.";

fn request(login: Option<&str>, body: &str) -> WebhookRequest {
    let login = login.map(|login| ("authorization".to_owned(), format!("Basic {}", STANDARD.encode(login))));
    WebhookRequest {
        url: "https://app.acme.test/api/webhooks/postmark/a".to_owned(),
        headers: login.into_iter().collect(),
        body: body.as_bytes().to_vec(),
    }
}

fn verify(request: &WebhookRequest) -> Result<Verified, Forged> {
    let secret = SecretFields::one("signing_secret", "pass:word");
    Postmark.verify(request, &Key(&secret), Timestamp::UNIX_EPOCH)
}

fn verified(body: &Value) -> Result<Verified, Forged> {
    verify(&request(Some("leadflow:pass:word"), &body.to_string()))
}

fn mail(verified: &Verified) -> InboundEmail {
    match crate::inbound_email::translate(&verified.payload).unwrap().pop() {
        Some(ProviderEvent::EmailReceived(mail)) => *mail,
        other => panic!("{other:?}"),
    }
}

#[test]
fn raw_mail_is_taken_as_it_is() {
    let body = json!({ "MessageID": "m-1", "From": "ann@lead.test", "OriginalRecipient": "in+0abc@acme.test",
        "RawEmail": RAW, "TextBody": "other" });
    let verified = verified(&body).unwrap();
    assert_eq!(verified.event_id, "m-1");
    let read = mail(&verified);
    assert_eq!(read.to, ["in+0abc@acme.test", "in@acme.test"]);
    assert_eq!((read.internet_id.as_deref(), read.mail.text.trim()), (Some("1@lead.test"), "Yes, call me."));
}

#[test]
fn mail_without_its_raw_form_is_put_together() {
    let body = json!({ "MessageID": "m-1", "From": "ann@lead.test", "To": "in@acme.test", "Subject": "Größe\r\nBcc: x@y.test",
        "TextBody": "Schön, ja.", "HtmlBody": "", "Headers": [{ "Name": "In-Reply-To", "Value": "<msg_1@acme.test>" },
            { "Name": "Content-Type", "Value": "text/html" }] });
    let read = mail(&verified(&body).unwrap());
    assert_eq!(
        (read.from.as_deref(), read.in_reply_to.as_deref()),
        (Some("ann@lead.test"), Some("msg_1@acme.test"))
    );
    assert_eq!((read.mail.subject.as_str(), read.mail.text.trim()), ("Größe Bcc: x@y.test", "Schön, ja."));
    assert_eq!(read.mail.header("bcc"), None);
}

#[test]
fn forged_and_incomplete_requests_are_refused() {
    let body = json!({ "MessageID": "m-1", "RawEmail": RAW }).to_string();
    for login in ["leadflow:password", "leadflow:", "pass:word2", "no colon", ":pass:word "] {
        assert_eq!(verify(&request(Some(login), &body)).unwrap_err(), Forged::Mismatch, "{login}");
    }
    assert_eq!(verify(&request(None, &body)).unwrap_err(), Forged::Missing);
    let mut bearer = request(None, &body);
    bearer.headers.push(("authorization".to_owned(), "Bearer pass:word".to_owned()));
    assert_eq!(verify(&bearer).unwrap_err(), Forged::Missing);
    for incomplete in
        [json!({}), json!({ "MessageID": "m-1" }), json!({ "RawEmail": RAW }), json!([]), json!("x")]
    {
        assert!(matches!(verified(&incomplete), Err(Forged::Incomplete(_))), "{incomplete}");
    }
    assert!(matches!(verify(&request(Some("a:pass:word"), "{")), Err(Forged::Incomplete(_))));
}
