//! Routes as Mailgun posts them, and what must be refused.

use super::Mailgun;
use crate::reports::{Key, Reports};
use application::ports::accounts::SecretFields;
use application::ports::provider_events::{Forged, InboundEmail, ProviderEvent, Verified, WebhookRequest};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::Sha256;

const KEY: &str = "key-1";
const SENT: i64 = 1_795_000_000;
const RAW: &str = "From: Ann <ann@lead.test>\r\nTo: in@acme.test\r\nSubject: Re: Hello\r\nMessage-ID: <1@lead.test>\r\n\r\nYes, call me.";

fn signature(token: &str, key: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(format!("{SENT}{token}").as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

fn multipart(fields: &[(&str, &str)]) -> WebhookRequest {
    let mut body = String::new();
    for (name, value) in fields {
        body.push_str(&format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    body.push_str("--b--\r\n");
    request("multipart/form-data; boundary=b", body.into_bytes())
}

fn request(kind: &str, body: Vec<u8>) -> WebhookRequest {
    let headers = vec![("content-type".to_owned(), kind.to_owned())];
    WebhookRequest { url: "https://app.acme.test/api/webhooks/mailgun/a/mime".to_owned(), headers, body }
}

fn signed<'a>(signature: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let own = [
        ("timestamp", "1795000000"),
        ("token", "token-1"),
        ("signature", signature),
        ("sender", "bounce@lead.test"),
        ("recipient", "in+0abc@acme.test"),
    ];
    own.into_iter().chain(more.iter().copied()).collect()
}

fn verify(request: &WebhookRequest) -> Result<Verified, Forged> {
    verify_at(request, 0)
}

fn verify_at(request: &WebhookRequest, later: i64) -> Result<Verified, Forged> {
    let (secret, now) =
        (SecretFields::one("signing_secret", KEY), Timestamp::from_second(SENT + later).unwrap());
    Mailgun.verify(request, &Key(&secret), now)
}

fn mail(verified: &Verified) -> InboundEmail {
    match crate::inbound_email::translate(&verified.payload).unwrap().pop() {
        Some(ProviderEvent::EmailReceived(mail)) => *mail,
        other => panic!("{other:?}"),
    }
}

#[test]
fn raw_mail_is_taken_as_it_is() {
    let good = signature("token-1", KEY);
    let verified = verify(&multipart(&signed(&good, &[("body-mime", RAW)]))).unwrap();
    assert_eq!(verified.event_id, "token-1");
    let read = mail(&verified);
    assert_eq!(read.from.as_deref(), Some("ann@lead.test"));
    assert_eq!(read.to, ["in+0abc@acme.test", "in@acme.test"]);
    assert_eq!(read.internet_id.as_deref(), Some("1@lead.test"));
    assert_eq!(read.mail.text.trim(), "Yes, call me.");
}

#[test]
fn mail_that_was_taken_apart_is_put_together() {
    let good = signature("token-1", KEY);
    let headers = r#"[["From","Ann <ann@lead.test>"],["Subject","Größe"],["In-Reply-To","<msg_1@acme.test>"],["Content-Type","text/html"]]"#;
    let parts =
        [("message-headers", headers), ("body-plain", "Schön, ja."), ("body-html", "<p>Schön, ja.</p>")];
    let fields = signed(&good, &parts);
    let form: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    for request in [multipart(&fields), request("application/x-www-form-urlencoded", form.into_bytes())] {
        let read = mail(&verify(&request).unwrap());
        assert_eq!(read.in_reply_to.as_deref(), Some("msg_1@acme.test"));
        assert_eq!((read.mail.subject.as_str(), read.mail.text.trim()), ("Größe", "Schön, ja."));
    }
}

#[test]
fn forged_old_and_incomplete_requests_are_refused() {
    let good = signature("token-1", KEY);
    let whole = |signature: &str| multipart(&signed(signature, &[("body-mime", RAW)]));
    assert_eq!(verify(&whole(&signature("token-1", "key-2"))).unwrap_err(), Forged::Mismatch);
    assert_eq!(verify(&whole(&signature("token-2", KEY))).unwrap_err(), Forged::Mismatch);
    assert_eq!(verify(&whole("")).unwrap_err(), Forged::Missing);
    assert!(verify_at(&whole(&good), 300).is_ok());
    for later in [301, -301, 86_400] {
        assert_eq!(verify_at(&whole(&good), later).unwrap_err(), Forged::OutsideTolerance);
    }
    assert!(matches!(verify(&multipart(&signed(&good, &[]))), Err(Forged::Incomplete(_))));
    for (kind, body) in [
        ("text/plain", "x"),
        ("multipart/form-data", "x"),
        ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data"),
        ("multipart/form-data; boundary=b", ""),
        ("application/x-www-form-urlencoded", "token=1"),
    ] {
        assert_eq!(
            verify(&request(kind, body.as_bytes().to_vec())).unwrap_err(),
            Forged::Missing,
            "{kind} {body}"
        );
    }
}

#[test]
fn broken_mail_is_kept_and_never_fails() {
    let good = signature("token-1", KEY);
    for raw in ["no header", "Content-Type: multipart/mixed; boundary=\r\n\r\n--", "\u{0}\u{1}"] {
        let read = mail(&verify(&multipart(&signed(&good, &[("body-mime", raw)]))).unwrap());
        assert_eq!(read.from.as_deref(), Some("bounce@lead.test"));
    }
}
