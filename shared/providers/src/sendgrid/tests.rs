//! Inbound Parse as SendGrid posts it, and what must be refused.

use super::Sendgrid;
use crate::reports::{Key, Reports};
use application::ports::accounts::SecretFields;
use application::ports::provider_events::{Forged, InboundEmail, ProviderEvent, Verified, WebhookRequest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

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

fn verify(request: &WebhookRequest) -> Result<Verified, Forged> {
    let secret = SecretFields::one("signing_secret", "password");
    Sendgrid.verify(request, &Key(&secret), Timestamp::UNIX_EPOCH)
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
