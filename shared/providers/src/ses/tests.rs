//! What SNS signs, what must be refused, and what SES writes. The key and its certificate are made up for these tests.

use super::Ses;
use crate::reports::Reports;
use crate::tests::account;
use crate::transport::{InProcessHttp, TransportError};
use application::ports::accounts::SecretFields;
use application::ports::provider_calls::{CallError, OpenAccount};
use application::ports::provider_events::{
    Addressee, Forged, InboundEmail, ProviderEvent, Verified, WebhookRequest,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::message::MessageState;
use domain::message::failure_class::FailureClass;
use domain::message::identity::internet_id;
use domain::workspace::account::{AccountSettings, InboundVia};
use domain::workspace::topic_arn::TopicArn;
use domain::{LeadId, MessageId};
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, OnceLock};

const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:mail";
const HOST: &str = "https://sns.eu-west-1.amazonaws.com";
const PEM: &str = include_str!("fixtures/sns.pem");
const RAW: &str = "From: Ann <ann@lead.test>\r\nTo: in@acme.test\r\nSubject: Re: Hello\r\nMessage-ID: <1@lead.test>\r\n\r\nYes, call me.";

fn now() -> Timestamp {
    "2026-11-17T17:00:00Z".parse().unwrap()
}

/// A certificate's file, of another name in each test, because it is kept by its name.
fn file(name: &str) -> String {
    format!("{HOST}/SimpleNotificationService-{name}.pem")
}

fn notification(name: &str, message: &str) -> Value {
    json!({
        "Type": "Notification", "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324", "TopicArn": TOPIC,
        "Subject": "Amazon SES Email Event Notification", "Message": message, "Timestamp": now().to_string(),
        "SignatureVersion": "2", "SigningCertURL": file(name),
        "UnsubscribeURL": format!("{HOST}/?Action=Unsubscribe"),
    })
}

fn confirmation(name: &str) -> Value {
    json!({
        "Type": "SubscriptionConfirmation", "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b", "TopicArn": TOPIC,
        "Message": "You have chosen to subscribe.", "Timestamp": now().to_string(), "Token": "2336412f37",
        "SubscribeURL": format!("{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37"),
        "SignatureVersion": "2", "SigningCertURL": file(name),
    })
}

/// Signs as SNS does, names in their order.
fn signed(mut message: Value) -> Value {
    static KEY: OnceLock<RsaPrivateKey> = OnceLock::new();
    let key = KEY.get_or_init(|| RsaPrivateKey::from_pkcs1_der(include_bytes!("fixtures/key.der")).unwrap());
    let names = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
    let text: String = names
        .iter()
        .filter_map(|name| Some(format!("{name}\n{}\n", message.get(*name)?.as_str()?)))
        .collect();
    let signature = match message["SignatureVersion"].as_str() {
        // The head that PKCS #1 puts before a digest of SHA-1.
        Some("1") => {
            let head = hex::decode("3021300906052b0e03021a05000414").unwrap();
            let padding = Pkcs1v15Sign { hash_len: Some(20), prefix: head.into() };
            key.sign(padding, &Sha1::digest(text.as_bytes()))
        }
        _ => {
            let head = hex::decode("3031300d060960864801650304020105000420").unwrap();
            let padding = Pkcs1v15Sign { hash_len: Some(32), prefix: head.into() };
            key.sign(padding, &Sha256::digest(text.as_bytes()))
        }
    };
    message["Signature"] = json!(STANDARD.encode(signature.unwrap()));
    message
}

fn open() -> OpenAccount {
    let settings = AccountSettings::InboundEmail {
        addresses: Vec::new(),
        via: InboundVia::Ses,
        topic_arn: Some(TopicArn::parse(TOPIC).unwrap()),
        public_keys: Vec::new(),
    };
    account(settings, SecretFields::default())
}

struct Web {
    http: InProcessHttp,
    asked: Arc<Mutex<Vec<String>>>,
}

/// Answers every request alike, and keeps which addresses were asked.
fn web(status: u16, body: &str) -> Web {
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let (kept, body) = (asked.clone(), body.to_owned());
    let http = InProcessHttp::new(move |request: Request<Vec<u8>>| {
        kept.lock().unwrap().push(request.uri().to_string());
        let answer = Response::builder().status(status).body(body.clone().into_bytes()).unwrap();
        async move { Ok::<_, TransportError>(answer) }
    });
    Web { http, asked }
}

impl Web {
    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn posted(message: &Value) -> WebhookRequest {
    let headers = vec![("content-type".to_owned(), "text/plain; charset=UTF-8".to_owned())];
    WebhookRequest {
        url: "https://app.acme.test/api/webhooks/ses/a".to_owned(),
        headers,
        body: message.to_string().into_bytes(),
    }
}

async fn verify_at(web: &Web, message: &Value, at: Timestamp) -> Result<Verified, Forged> {
    Ses.verify_for(&web.http, &open(), &posted(message), at).await
}

async fn verify(message: &Value) -> Result<Verified, Forged> {
    verify_at(&web(200, PEM), message, now()).await
}

#[tokio::test]
async fn both_versions_of_the_signature_are_verified_with_and_without_a_subject() {
    for version in ["1", "2"] {
        let mut message = notification("both", "{\"notificationType\":\"Received\"}");
        message["SignatureVersion"] = json!(version);
        let verified = verify(&signed(message.clone())).await.unwrap();
        assert_eq!(verified.event_id, "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324", "{version}");
        assert_eq!(verified.payload, "{\"notificationType\":\"Received\"}");
        message.as_object_mut().unwrap().remove("Subject");
        assert!(verify(&signed(message)).await.is_ok(), "{version}");
    }
    let mut other = notification("both", "{}");
    other["SignatureVersion"] = json!("3");
    assert_eq!(verify(&signed(other)).await, Err(Forged::Mismatch));
}

#[tokio::test]
async fn order_of_fields_does_not_matter_and_their_values_do() {
    let genuine = signed(notification("order", "Hello\nMessageId\nof another line"));
    let mut fields: Vec<String> =
        genuine.as_object().unwrap().iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    fields.reverse();
    let mut reversed = posted(&genuine);
    reversed.body = format!("{{{}}}", fields.join(",")).into_bytes();
    let web = web(200, PEM);
    assert!(Ses.verify_for(&web.http, &open(), &reversed, now()).await.is_ok());
    for (name, value) in [
        ("Message", "Hello"),
        ("MessageId", "another"),
        ("Subject", "another"),
        ("Timestamp", "2026-11-17T17:00:01Z"),
        ("Signature", "AAAA"),
        ("Signature", "no base64"),
        ("SignatureVersion", "1"),
        ("Type", "SubscriptionConfirmation"),
        ("Type", "Unknown"),
    ] {
        let mut changed = genuine.clone();
        changed[name] = json!(value);
        assert_eq!(verify(&changed).await, Err(Forged::Mismatch), "{name}");
    }
    // The same signed text, with the line break elsewhere.
    let mut split = genuine.clone();
    split["Message"] = json!("Hello");
    split["MessageId"] = json!("of another line\nMessageId\n22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324");
    assert_eq!(verify(&split).await, Err(Forged::Mismatch));
    let twice = posted(&genuine);
    let text = String::from_utf8(twice.body.clone()).unwrap().replacen('{', "{\"Message\":\"x\",", 1);
    let twice = WebhookRequest { body: text.into_bytes(), ..twice };
    assert_eq!(Ses.verify_for(&web.http, &open(), &twice, now()).await, Err(Forged::Missing));
}

#[tokio::test]
async fn certificate_is_fetched_from_the_topics_host_only() {
    let hostile = [
        "https://evil.example/SimpleNotificationService-a.pem",
        "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-a.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-a.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-a.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-a.pem",
        "https://evil.sns.eu-west-1.amazonaws.com/SimpleNotificationService-a.pem",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-a.pem",
        "https://sns.eu-west-1.amazonaws.com.cn/SimpleNotificationService-a.pem",
        "https://bucket.s3.eu-west-1.amazonaws.com/SimpleNotificationService-a.pem",
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-a.pem?x=.pem",
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-../a.pem",
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-.pem",
        "https://sns.eu-west-1.amazonaws.com/mail/a.pem",
        "https://sns.eu-west-1.amazonaws.com/?Action=GetTopic&x=SimpleNotificationService-a.pem",
        "https://169.254.169.254/SimpleNotificationService-a.pem",
    ];
    let web = web(200, PEM);
    for url in hostile {
        let mut message = notification("a", "{}");
        message["SigningCertURL"] = json!(url);
        assert_eq!(verify_at(&web, &signed(message), now()).await, Err(Forged::BadCertificate), "{url}");
    }
    assert_eq!(web.asked(), Vec::<String>::new(), "nothing is asked elsewhere");
}

#[tokio::test]
async fn certificate_is_fetched_once_and_never_after_its_end() {
    let web = web(200, PEM);
    let message = signed(notification("once", "{}"));
    verify_at(&web, &message, now()).await.unwrap();
    verify_at(&web, &message, now()).await.unwrap();
    assert_eq!(web.asked(), [file("once")]);
    for at in ["2019-12-31T23:59:59Z", "2055-01-01T00:00:01Z"] {
        let at: Timestamp = at.parse().unwrap();
        let mut then = notification("once", "{}");
        then["Timestamp"] = json!(at.to_string());
        assert_eq!(verify_at(&web, &signed(then), at).await, Err(Forged::BadCertificate), "{at}");
    }
    assert_eq!(web.asked().len(), 1);
}

#[tokio::test]
async fn answer_that_is_no_certificate_is_refused_and_an_outage_is_tried_again() {
    let message = |name: &str| signed(notification(name, "{}"));
    let cut = PEM.replacen("MII", "MIA", 1);
    let giant = format!("{}{PEM}", "x".repeat(20_000));
    for (name, body) in [("text", "no certificate"), ("cut", &cut), ("giant", &giant), ("empty", "")] {
        let refused = verify_at(&web(200, body), &message(name), now()).await;
        assert_eq!(refused, Err(Forged::BadCertificate), "{name}");
    }
    assert_eq!(verify_at(&web(302, PEM), &message("moved"), now()).await, Err(Forged::BadCertificate));
    assert_eq!(verify_at(&web(403, PEM), &message("none"), now()).await, Err(Forged::BadCertificate));
    assert_eq!(verify_at(&web(503, PEM), &message("later"), now()).await, Err(Forged::NoKey));
    let broken = InProcessHttp::new(|_| async { Err(TransportError::NotSent("no web".into())) });
    let lost = Ses.verify_for(&broken, &open(), &posted(&message("later")), now()).await;
    assert_eq!(lost, Err(Forged::NoKey));
    assert!(verify(&message("later")).await.is_ok(), "what failed before is not kept");
}

#[tokio::test]
async fn message_of_another_topic_is_refused_before_anything_is_fetched() {
    let web = web(200, PEM);
    for topic in ["arn:aws:sns:eu-west-1:999999999999:mail", "arn:aws:sns:us-east-1:123456789012:mail", ""] {
        let mut message = notification("topic", "{}");
        message["TopicArn"] = json!(topic);
        assert_eq!(verify_at(&web, &signed(message), now()).await, Err(Forged::Mismatch), "{topic}");
    }
    let settings = AccountSettings::InboundEmail {
        addresses: Vec::new(),
        via: InboundVia::Ses,
        topic_arn: None,
        public_keys: Vec::new(),
    };
    let without = account(settings, SecretFields::default());
    let message = posted(&signed(notification("topic", "{}")));
    assert_eq!(Ses.verify_for(&web.http, &without, &message, now()).await, Err(Forged::Mismatch));
    assert_eq!(web.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn old_message_and_one_from_the_future_are_refused() {
    let message = signed(notification("age", "{}"));
    let web = web(200, PEM);
    for minutes in [-5, 0, 65] {
        let at = now() + SignedDuration::from_mins(minutes);
        assert!(verify_at(&web, &message, at).await.is_ok(), "{minutes}");
    }
    for minutes in [-6, 66, 100_000] {
        let at = now() + SignedDuration::from_mins(minutes);
        assert_eq!(verify_at(&web, &message, at).await, Err(Forged::OutsideTolerance), "{minutes}");
    }
    let mut timeless = notification("age", "{}");
    timeless["Timestamp"] = json!("yesterday");
    assert_eq!(verify(&signed(timeless)).await, Err(Forged::OutsideTolerance));
}

#[tokio::test]
async fn giant_body_and_one_without_an_envelope_are_refused() {
    let giant = signed(notification("giant", &"x".repeat(600 * 1024)));
    assert_eq!(verify(&giant).await, Err(Forged::Mismatch));
    for bare in [json!({ "notificationType": "Received" }), json!([]), json!("Type")] {
        assert_eq!(verify(&bare).await, Err(Forged::Missing), "{bare}");
    }
    let web = web(200, PEM);
    let form = WebhookRequest { body: b"Type=Notification&Message=x".to_vec(), ..posted(&json!({})) };
    assert_eq!(Ses.verify_for(&web.http, &open(), &form, now()).await, Err(Forged::Missing));
}

#[tokio::test]
async fn subscription_is_confirmed_at_the_topics_host_whatever_the_message_says() {
    let mut message = confirmation("confirm");
    message["SubscribeURL"] = json!("http://169.254.169.254/latest/meta-data/");
    let web = web(200, PEM);
    let verified = verify_at(&web, &signed(message), now()).await.unwrap();
    assert!(Ses.subscribe(&web.http, &open(), &verified).await.unwrap(), "that is all it is about");
    let topic = TOPIC.replace(':', "%3A");
    let called = format!("{HOST}/?Action=ConfirmSubscription&TopicArn={topic}&Token=2336412f37");
    assert_eq!(web.asked(), [file("confirm"), called]);
}

#[tokio::test]
async fn forged_confirmation_is_never_answered() {
    let mut unsigned = confirmation("forged");
    unsigned["Signature"] = json!("AAAA");
    assert_eq!(verify(&unsigned).await, Err(Forged::Mismatch));
    let mut renamed = signed(confirmation("forged"));
    renamed["Token"] = json!("other&Action=Publish");
    assert_eq!(verify(&renamed).await, Err(Forged::Mismatch));
    let mut without = confirmation("forged");
    without.as_object_mut().unwrap().remove("Token");
    assert_eq!(verify(&signed(without)).await, Err(Forged::Mismatch));
    // A mail that looks like a confirmation is the message of a notification, and subscribes to nothing.
    let pretended = json!({ "notificationType": "Received", "token": "2336412f37" }).to_string();
    let verified = verify(&signed(notification("forged", &pretended))).await.unwrap();
    let web = web(200, "");
    assert!(!Ses.subscribe(&web.http, &open(), &verified).await.unwrap());
    assert_eq!(web.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn refused_confirmation_is_an_error_and_the_end_of_a_subscription_is_told() {
    let verified = verify(&signed(confirmation("refused"))).await.unwrap();
    let expired = Ses.subscribe(&web(400, "<Code>InvalidParameter</Code>").http, &open(), &verified).await;
    assert!(matches!(expired, Err(CallError::Rejected(_))), "{expired:?}");
    let down = Ses.subscribe(&web(500, "").http, &open(), &verified).await;
    assert!(matches!(down, Err(CallError::Unavailable(_))), "{down:?}");
    let mut ended = confirmation("refused");
    ended["Type"] = json!("UnsubscribeConfirmation");
    let verified = verify(&signed(ended)).await.unwrap();
    assert!(
        !Ses.subscribe(&web(200, "").http, &open(), &verified).await.unwrap(),
        "nothing subscribes again"
    );
    let told = Ses.translate(&open().settings, &verified.payload).unwrap();
    assert!(matches!(told[..], [ProviderEvent::WrongForm(why)] if why.contains("ended")), "{told:?}");
}

fn translated(payload: &Value) -> Vec<ProviderEvent> {
    Ses.translate(&open().settings, &payload.to_string()).unwrap()
}

fn received(action: Value, content: Option<&str>) -> Value {
    json!({
        "notificationType": "Received", "content": content,
        "receipt": { "recipients": ["in+0abc@acme.test"], "action": action },
        "mail": { "source": "bounce@lead.test", "messageId": "d6iitobk75ur44p8kdnnp7g2n800", "headers": [] },
    })
}

fn mail(events: Vec<ProviderEvent>) -> InboundEmail {
    match events.into_iter().next() {
        Some(ProviderEvent::EmailReceived(mail)) => *mail,
        other => panic!("{other:?}"),
    }
}

#[test]
fn received_mail_is_read_in_either_encoding_with_its_envelope() {
    let encoded = STANDARD.encode(RAW);
    let folded = format!("{}\r\n{}", &encoded[..60], &encoded[60..]);
    for (action, content) in [
        (json!({ "type": "SNS", "encoding": "UTF-8" }), RAW),
        (json!({ "type": "SNS", "encoding": "BASE64" }), folded.as_str()),
        (json!({ "type": "SNS" }), RAW),
        (json!({ "type": "SNS" }), encoded.as_str()),
    ] {
        let read = mail(translated(&received(action, Some(content))));
        assert_eq!(read.to, ["in+0abc@acme.test", "in@acme.test"]);
        assert_eq!(
            (read.internet_id.as_deref(), read.mail.text.trim()),
            (Some("1@lead.test"), "Yes, call me.")
        );
    }
    let broken = received(json!({ "type": "SNS", "encoding": "BASE64" }), Some("%%%"));
    assert!(Ses.translate(&open().settings, &broken.to_string()).is_err());
}

#[test]
fn mail_in_the_bucket_is_named_by_its_key_and_other_mail_without_content_is_told() {
    let put = received(json!({ "type": "S3", "bucketName": "b", "objectKey": "ws/ses/d6ii" }), None);
    assert_eq!(Ses.mail_in_folder(&put.to_string()).as_deref(), Some("ws/ses/d6ii"));
    let read = Ses.translate_upload(&open().settings, &put.to_string(), RAW.as_bytes()).unwrap();
    assert_eq!(mail(read).to, ["in+0abc@acme.test", "in@acme.test"]);
    let lambda = received(json!({ "type": "Lambda" }), None);
    assert_eq!(Ses.mail_in_folder(&lambda.to_string()), None);
    assert!(matches!(translated(&lambda)[..], [ProviderEvent::WrongForm(_)]));
    // A bounce that names a key fetches nothing.
    let mut bounce = put;
    bounce["notificationType"] = json!("Bounce");
    assert_eq!(Ses.mail_in_folder(&bounce.to_string()), None);
}

fn message() -> MessageId {
    MessageId::derived(&LeadId::derived(now(), &["l"]), &["m"])
}

fn event(named: &str, kind: &str, part: Value) -> Value {
    let mut event = json!({
        named: kind,
        "mail": {
            "messageId": "0102018d-000000", "source": "joe@acme.test", "destination": ["ann@lead.test"],
            "headers": [{ "name": "From", "value": "joe@acme.test" },
                        { "name": "X-Leadflow-Message", "value": message().as_str() }],
        },
    });
    event.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
    event
}

#[test]
fn events_of_both_shapes_name_our_message_by_its_header_or_its_id() {
    for named in ["notificationType", "eventType"] {
        let delivered = event(named, "Delivery", json!({ "delivery": { "recipients": ["ann@lead.test"] } }));
        let mut by_id = delivered.clone();
        let id = format!("<{}>", internet_id(&message(), "acme.test"));
        by_id["mail"]["headers"] = json!([{ "name": "message-id", "value": id }]);
        for event in [delivered, by_id] {
            let [ProviderEvent::MessageStatus { message: of, state, failure, suppress, .. }] =
                &translated(&event)[..]
            else {
                panic!("{event}")
            };
            assert_eq!((of, *state, failure, *suppress), (&message(), MessageState::Delivered, &None, false));
        }
    }
    let mut of_others = event("eventType", "Delivery", json!({}));
    of_others["mail"]["headers"] = json!([{ "name": "Message-ID", "value": "<1@other.test>" }]);
    assert_eq!(translated(&of_others), []);
    let mut headless = of_others;
    headless["mail"].as_object_mut().unwrap().remove("headers");
    assert!(
        matches!(translated(&headless)[..], [ProviderEvent::WrongForm(told)] if told.contains("headers"))
    );
}

#[test]
fn permanent_bounce_suppresses_and_a_transient_one_does_not() {
    let bounce = |kind: &str, sub: &str| {
        let recipients = json!([{ "emailAddress": "ann@lead.test", "status": "5.1.1",
                                  "diagnosticCode": "smtp; 550 5.1.1 user\r\nunknown" }]);
        let part = json!({ "bounceType": kind, "bounceSubType": sub, "bouncedRecipients": recipients });
        match translated(&event("eventType", "Bounce", json!({ "bounce": part }))).pop() {
            Some(ProviderEvent::MessageStatus { state, failure: Some(failure), suppress, .. }) => {
                assert_eq!(state, MessageState::Bounced);
                assert_eq!(failure.detail, "smtp; 550 5.1.1 user unknown");
                (failure.class, suppress)
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(bounce("Permanent", "General"), (FailureClass::HardUnknownUser, true));
    assert_eq!(bounce("Permanent", "OnAccountSuppressionList"), (FailureClass::HardUnknownUser, true));
    assert_eq!(bounce("Transient", "MailboxFull"), (FailureClass::SoftFull, false));
    assert_eq!(bounce("Transient", "General"), (FailureClass::SoftTemp, false));
    assert_eq!(bounce("Undetermined", "Undetermined"), (FailureClass::Unknown, false));
    let bare = translated(&event("notificationType", "Bounce", json!({})));
    assert!(matches!(bare[..], [ProviderEvent::MessageStatus { suppress: false, .. }]), "{bare:?}");
}

#[test]
fn complaint_names_the_message_and_its_withdrawal_does_not() {
    let complaint = |kind: Option<&str>| {
        let part = json!({ "complainedRecipients": [], "complaintFeedbackType": kind });
        translated(&event("notificationType", "Complaint", json!({ "complaint": part })))
    };
    for kind in [None, Some("abuse")] {
        let addressee = Addressee::to(Some("ann@lead.test".to_owned()));
        let complained = ProviderEvent::Complained { message: message(), addressee };
        assert_eq!(complaint(kind), [complained], "{kind:?}");
    }
    assert_eq!(complaint(Some("not-spam")), []);
}

#[test]
fn rejected_mail_failed_and_a_delayed_one_is_still_on_its_way() {
    let rejected =
        translated(&event("eventType", "Reject", json!({ "reject": { "reason": "Bad content" } })));
    let [ProviderEvent::MessageStatus { state, suppress, .. }] = &rejected[..] else {
        panic!("{rejected:?}")
    };
    assert_eq!((*state, *suppress), (MessageState::Failed, false));
    for kind in ["DeliveryDelay", "Open", "Click", "Subscription", "AmazonSnsSubscriptionSucceeded"] {
        assert_eq!(translated(&event("eventType", kind, json!({}))), [], "{kind}");
    }
    let sentence = "Successfully validated SNS topic for Amazon SES event publishing.";
    assert_eq!(Ses.translate(&open().settings, sentence).unwrap(), []);
    assert!(Ses.translate(&open().settings, "{\"notificationType\":").is_err());
}
