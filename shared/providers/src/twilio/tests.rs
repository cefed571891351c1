//! Signature vectors, and callbacks as events.

use super::webhook::{account, translate, verify};
use application::ports::provider_events::{Forged, OptOutWord, ProviderEvent, WebhookRequest};
use domain::message::MessageState;
use domain::message::failure_class::FailureClass;
use domain::{LeadId, MessageId};
use jiff::Timestamp;

const FORM: &str =
    "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212";
const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";

fn signed(url: &str, body: &str, signature: &str) -> WebhookRequest {
    WebhookRequest {
        url: url.to_owned(),
        headers: vec![("x-twilio-signature".to_owned(), signature.to_owned())],
        body: body.as_bytes().to_vec(),
    }
}

#[test]
fn published_vectors_verify() {
    for (url, body, signature) in [
        (URL, FORM, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL, FORM, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        ("https://mycompany.com:443/myapp.php?foo=1&bar=2", FORM, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("http://mycompany.com/myapp.php?foo=1&bar=2", FORM, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        (
            URL,
            "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234",
            "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
        ),
        (
            "https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620",
            r#"{"property": "value", "boolean": true}"#,
            "a9nBmqA0ju/hNViExpshrM61xv4=",
        ),
    ] {
        let verified = verify(&signed(url, body, signature), "12345");
        assert!(verified.is_ok(), "{url} {signature}: {verified:?}");
    }
}

#[test]
fn sign_of_the_query_is_signed_plain_or_encoded() {
    let form = |sid: &str| {
        format!("AccountSid=AC1&Body=ok&From=%2B491713920012&MessageSid={sid}&To=%2B493023125000")
    };
    let url = |name: &str| format!("https://app.acme.example/api/webhooks/twilio?n={name}");
    let (plain, decoded) = ("UcV9+pojr5TaWQFj3SXqDzBHogA=", "N+TajZuVXYjKocakj8BglugAl10=");
    for (name, sid, signature) in
        [("o'neil", "SM8", plain), ("o%27neil", "SM9", decoded), ("o'neil", "SM9", decoded)]
    {
        assert!(verify(&signed(&url(name), &form(sid), signature), "12345").is_ok(), "{name} {sid}");
    }
    for (name, sid) in [("o%27neill", "SM9"), ("o%22neil", "SM9"), ("oneil", "SM9"), ("o%27neil", "SM8x")] {
        assert!(verify(&signed(&url(name), &form(sid), decoded), "12345").is_err(), "{name} {sid}");
    }
}

#[test]
fn changed_webhook_is_forged() {
    let good = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    let forged = |request: WebhookRequest, token| verify(&request, token).unwrap_err();
    assert_eq!(forged(signed(URL, FORM, good), "12346"), Forged::Mismatch);
    assert_eq!(forged(signed(URL, &FORM.replace("1234&", "1235&"), good), "12345"), Forged::Mismatch);
    assert_eq!(forged(signed(&URL.replace("bar=2", "bar=3"), FORM, good), "12345"), Forged::Mismatch);
    assert_eq!(forged(signed(URL, FORM, ""), "12345"), Forged::Mismatch);
    for at in 0..good.len() {
        let mut changed = good.as_bytes().to_vec();
        changed[at] ^= 1;
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(forged(signed(URL, FORM, &changed), "12345"), Forged::Mismatch);
    }
    let mut twice = signed(URL, FORM, good);
    twice.headers.push(("x-twilio-signature".to_owned(), good.to_owned()));
    assert_eq!(forged(twice, "12345"), Forged::Missing);
    let json = "https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
    let changed = signed(json, r#"{"property": "valuE", "boolean": true}"#, "a9nBmqA0ju/hNViExpshrM61xv4=");
    assert_eq!(forged(changed, "12345"), Forged::Mismatch);
}

/// Signs as the provider does, then verifies and translates.
fn events(url: &str, form: &str) -> (String, Vec<ProviderEvent>) {
    use base64::Engine as _;
    use hmac::Mac as _;
    let mut fields: Vec<(String, String)> =
        url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    fields.sort();
    let text = fields.iter().fold(url.to_owned(), |text, (key, value)| text + key + value);
    let mut mac = hmac::Hmac::<sha1::Sha1>::new_from_slice(b"token").unwrap();
    mac.update(text.as_bytes());
    let signature = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
    let verified = verify(&signed(url, form, &signature), "token").unwrap();
    (verified.event_id, translate(&verified.payload).unwrap())
}

fn message() -> MessageId {
    MessageId::derived(&LeadId::derived(Timestamp::UNIX_EPOCH, &["lead"]), &["message"])
}

fn status(status: &str, code: &str) -> Vec<ProviderEvent> {
    let url = format!("https://app.acme.test/api/webhooks/twilio/account_1?message={}", message());
    let form = format!("MessageSid=SM1&SmsStatus={status}&MessageStatus={status}&AccountSid=AC1{code}");
    let (id, events) = events(&url, &form);
    assert_eq!(id, format!("SM1:{status}"));
    events
}

#[test]
fn status_callbacks_name_our_message() {
    let one = |events: Vec<ProviderEvent>| match <[_; 1]>::try_from(events).unwrap() {
        [ProviderEvent::MessageStatus { message: found, state, failure, suppress, .. }] => {
            assert_eq!(found, message());
            (state, failure.map(|failure| failure.class), suppress)
        }
        [other] => panic!("{other:?}"),
    };
    assert_eq!(one(status("sent", "")), (MessageState::Accepted, None, false));
    assert_eq!(one(status("delivered", "")), (MessageState::Delivered, None, false));
    let dead = Some(FailureClass::HardUnknownUser);
    assert_eq!(one(status("undelivered", "&ErrorCode=30005")), (MessageState::Bounced, dead, true));
    let soft = Some(FailureClass::SoftTemp);
    assert_eq!(one(status("undelivered", "&ErrorCode=30003")), (MessageState::Bounced, soft, false));
    let unknown = Some(FailureClass::Unknown);
    assert_eq!(one(status("failed", "")), (MessageState::Failed, unknown, false));
    for pending in ["queued", "accepted", "sending", "a-status-of-tomorrow"] {
        assert_eq!(status(pending, ""), Vec::new());
    }
}

#[test]
fn inbound_texts_carry_opt_outs() {
    let inbound = |body: &str, extra: &str| {
        let form = format!(
            "MessageSid=SM2&SmsStatus=received&From=%2B12025550123&To=%2B14155552671&Body={body}{extra}"
        );
        let (id, events) = events("https://app.acme.test/api/webhooks/twilio", &form);
        assert_eq!(id, "SM2:received");
        match <[_; 1]>::try_from(events).unwrap() {
            [ProviderEvent::TextReceived { from, to, text, opt_out, .. }] => {
                assert_eq!((from.as_str(), to.as_str()), ("+12025550123", "+14155552671"));
                (text, opt_out)
            }
            [other] => panic!("{other:?}"),
        }
    };
    assert_eq!(inbound("stop.", ""), ("stop.".to_owned(), None), "the text is understood elsewhere");
    assert_eq!(inbound("Please+stop+by+tomorrow", "").1, None);
    assert_eq!(inbound("YES", "").1, None);
    assert_eq!(inbound("Arr%C3%AAt", "&OptOutType=STOP").1, Some(OptOutWord::Stop));
    assert_eq!(inbound("help", "&OptOutType=HELP").1, Some(OptOutWord::Help));
    assert_eq!(inbound("", ""), (String::new(), None));
}

#[test]
fn account_is_read_from_the_form() {
    assert_eq!(account(&signed(URL, "AccountSid=AC9&Body=x", "")).as_deref(), Some("AC9"));
    assert_eq!(account(&signed(URL, "\u{0}%zz", "")), None);
}
