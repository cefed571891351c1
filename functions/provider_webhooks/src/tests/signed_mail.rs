//! SES by way of SNS, and SendGrid's signature, at the route.

use super::{connect, suite};
use application::Clock;
use application::ports::accounts::SecretFields;
use application::queue_messages::Queue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::AccountId;
use domain::workspace::account::{AccountSettings, InboundVia};
use domain::workspace::topic_arn::TopicArn;
use domain::workspace::webhook_public_key::WebhookPublicKey;
use http::{Method, Response};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex};
use test_stage::{Reply, Suite};

const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:mail";
const HOST: &str = "https://sns.eu-west-1.amazonaws.com";
const PEM: &str = include_str!("../../../../shared/providers/src/ses/fixtures/sns.pem");
const KEY: &[u8] = include_bytes!("../../../../shared/providers/src/ses/fixtures/key.der");

async fn ses(suite: &Suite, topic: &str) -> AccountId {
    let settings = AccountSettings::InboundEmail {
        addresses: Vec::new(),
        via: InboundVia::Ses,
        topic_arn: Some(TopicArn::parse(topic).unwrap()),
        public_keys: Vec::new(),
    };
    connect(suite, settings, SecretFields::default()).await
}

/// A message as SNS signs it; `name` is that of the certificate's file, which is kept once it was fetched.
fn by_sns(suite: &Suite, name: &str, kind: &str, message: &str) -> Value {
    let mut sent = json!({
        "Type": kind, "MessageId": "22b80b92", "TopicArn": TOPIC, "Message": message,
        "Timestamp": suite.stage.clock.now().to_string(), "SignatureVersion": "2",
        "SigningCertURL": format!("{HOST}/SimpleNotificationService-{name}.pem"),
    });
    if kind != "Notification" {
        sent["Token"] = json!("2336412f37");
        sent["SubscribeURL"] = json!("http://169.254.169.254/latest/meta-data/");
    }
    let names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
    let text: String =
        names.iter().filter_map(|name| Some(format!("{name}\n{}\n", sent.get(*name)?.as_str()?))).collect();
    let head = hex::decode("3031300d060960864801650304020105000420").unwrap();
    let padding = Pkcs1v15Sign { hash_len: Some(32), prefix: head.into() };
    let key = RsaPrivateKey::from_pkcs1_der(KEY).unwrap();
    let signature = key.sign(padding, &Sha256::digest(text.as_bytes())).unwrap();
    sent["Signature"] = json!(STANDARD.encode(signature));
    sent
}

async fn post(suite: &Suite, id: &AccountId, message: &Value) -> Reply {
    let headers = [("content-type", "text/plain; charset=UTF-8"), ("x-amz-sns-message-type", "Notification")];
    let path = format!("/api/webhooks/ses/{id}");
    suite.send_bytes(Method::POST, &path, message.to_string().into_bytes(), &headers).await
}

/// Answers with the certificate and, to all else, with this status; keeps what was asked.
fn aws(suite: &Suite, status: u16) -> Arc<Mutex<Vec<String>>> {
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = asked.clone();
    suite.stage.providers_answer(move |request| {
        let url = request.uri().to_string();
        let is_certificate = url.ends_with(".pem");
        kept.lock().unwrap().push(url);
        let (status, body) = if is_certificate { (200, PEM) } else { (status, "") };
        Ok(Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap())
    });
    asked
}

#[tokio::test]
async fn subscription_to_the_accounts_topic_is_confirmed_and_no_event() {
    let suite = suite().await;
    let id = ses(&suite, TOPIC).await;
    let asked = aws(&suite, 200);
    let message = by_sns(&suite, "subscribe", "SubscriptionConfirmation", "You have chosen to subscribe.");
    post(&suite, &id, &message).await.expect(200);
    let topic = TOPIC.replace(':', "%3A");
    let confirmed = format!("{HOST}/?Action=ConfirmSubscription&TopicArn={topic}&Token=2336412f37");
    let certificate = format!("{HOST}/SimpleNotificationService-subscribe.pem");
    assert_eq!(*asked.lock().unwrap(), [certificate, confirmed]);
    assert!(suite.stage.messages(Queue::Inbound).is_empty());
    aws(&suite, 500);
    let refused = post(&suite, &id, &message).await.expect(503);
    assert_eq!(refused["code"], "not_subscribed", "SNS asks again");
}

#[tokio::test]
async fn notice_of_ses_is_enqueued_under_the_messages_id() {
    let suite = suite().await;
    let id = ses(&suite, TOPIC).await;
    aws(&suite, 500);
    let notice =
        json!({ "notificationType": "Received", "content": "From: a@b.example\r\n\r\nYes." }).to_string();
    let message = by_sns(&suite, "notice", "Notification", &notice);
    post(&suite, &id, &message).await.expect(200);
    let events = suite.stage.messages(Queue::Inbound);
    assert_eq!(events.len(), 1);
    assert_eq!((&events[0]["event_id"], &events[0]["body"]["inline"]), (&json!("22b80b92"), &json!(notice)));
    let mut changed = message.clone();
    changed["Message"] = json!("{}");
    post(&suite, &id, &changed).await.expect(401);
    let other = format!("/api/webhooks/postmark/{id}");
    suite.send_bytes(Method::POST, &other, message.to_string().into_bytes(), &[]).await.expect(404);
    assert!(suite.stage.messages(Queue::Inbound).is_empty());
}

#[tokio::test]
async fn message_for_another_topic_is_refused_and_one_without_a_key_is_tried_again() {
    let suite = suite().await;
    let id = ses(&suite, "arn:aws:sns:eu-west-1:999999999999:mail").await;
    let asked = aws(&suite, 200);
    post(&suite, &id, &by_sns(&suite, "other", "Notification", "{}")).await.expect(401);
    assert!(asked.lock().unwrap().is_empty(), "nothing is fetched for a stranger");
    suite.stage.advance(jiff::SignedDuration::from_secs(1));
    let own = ses(&suite, TOPIC).await;
    let down = |_| Ok(Response::builder().status(503).body(Vec::new()).unwrap());
    suite.stage.providers_answer(down);
    let told = post(&suite, &own, &by_sns(&suite, "down", "Notification", "{}")).await.expect(503);
    assert_eq!(told["code"], "no_key");
    suite.stage.advance(jiff::SignedDuration::from_mins(70));
    aws(&suite, 200);
    let mut old = by_sns(&suite, "old", "Notification", "{}");
    suite.stage.advance(jiff::SignedDuration::from_mins(70));
    post(&suite, &own, &old).await.expect(401);
    old["Timestamp"] = json!(suite.stage.clock.now().to_string());
    post(&suite, &own, &old).await.expect(401);
    assert!(suite.stage.messages(Queue::Inbound).is_empty());
}

#[tokio::test]
async fn events_of_sendgrid_are_verified_by_the_accounts_key() {
    let suite = suite().await;
    let key = SigningKey::from_slice(&[9; 32]).unwrap();
    let head = hex::decode("3059301306072a8648ce3d020106082a8648ce3d030107034200").unwrap();
    let point = key.verifying_key().to_encoded_point(false);
    let public = STANDARD.encode([head.as_slice(), point.as_bytes()].concat());
    let settings = AccountSettings::InboundEmail {
        addresses: Vec::new(),
        via: InboundVia::Sendgrid,
        topic_arn: None,
        public_keys: vec![WebhookPublicKey::parse(&public).unwrap()],
    };
    let id = connect(&suite, settings, SecretFields::default()).await;
    let sent = suite.stage.clock.now().as_second().to_string();
    let body = "[{\"event\":\"delivered\",\"smtp-id\":\"<1@other.example>\"}]\r\n";
    let signature: Signature = key.sign(format!("{sent}{body}").as_bytes());
    let signature = STANDARD.encode(signature.to_der());
    let post = async |body: &str| {
        let headers = [
            ("content-type", "application/json"),
            ("x-twilio-email-event-webhook-signature", &*signature),
            ("x-twilio-email-event-webhook-timestamp", &*sent),
        ];
        let path = format!("/api/webhooks/sendgrid/{id}");
        suite.send_bytes(Method::POST, &path, body.as_bytes().to_vec(), &headers).await
    };
    post(body).await.expect(200);
    assert_eq!(suite.stage.messages(Queue::Inbound)[0]["body"]["inline"], body);
    post(body.trim_end()).await.expect(401);
    let path = format!("/api/webhooks/sendgrid/{id}");
    let login = [("authorization", "Basic bGVhZGZsb3c6"), ("content-type", "application/json")];
    suite.send_bytes(Method::POST, &path, body.as_bytes().to_vec(), &login).await.expect(401);
    assert!(suite.stage.messages(Queue::Inbound).is_empty());
}
