//! Amazon SNS: messages signed with a certificate that lies at its host, and subscriptions that the endpoint confirms
//! there. The key is the sandbox's own, and opens nothing anywhere.

use std::collections::HashMap;
use std::sync::OnceLock;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use rsa::pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPublicKey as _};
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::inbound::{Delivery, Via};
use crate::sandbox::Sandbox;

pub(crate) const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:leadflow";
const HOST: &str = "sns.eu-west-1.amazonaws.com";
/// The head that PKCS #1 puts before a digest of SHA-256.
const DIGEST_HEAD: &str = "3031300d060960864801650304020105000420";

fn key() -> &'static RsaPrivateKey {
    static KEY: OnceLock<RsaPrivateKey> = OnceLock::new();
    KEY.get_or_init(|| RsaPrivateKey::from_pkcs1_der(include_bytes!("sns_key.der")).expect("it is a key"))
}

fn sign(text: &[u8]) -> Vec<u8> {
    let head = hex::decode(DIGEST_HEAD).expect("it is written in hex");
    let padding = Pkcs1v15Sign { hash_len: Some(32), prefix: head.into() };
    key().sign(padding, &Sha256::digest(text)).expect("the key is long enough")
}

/// The certificate as a PEM file, made once, and the name of the file, which follows from its content.
fn certificate() -> &'static (String, String) {
    static MADE: OnceLock<(String, String)> = OnceLock::new();
    MADE.get_or_init(|| {
        let der = certificate_der();
        let base64 = STANDARD.encode(&der);
        let lines: Vec<&str> =
            base64.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"));
        (pem, format!("SimpleNotificationService-{}.pem", &hex::encode(Sha256::digest(&der))[..32]))
    })
}

/// A value of ASN.1 with its tag and length.
fn asn1(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len();
    let head = match length {
        0..0x80 => vec![tag, length as u8],
        0x80..0x100 => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    [head, content].concat()
}

/// A certificate (RFC 5280) of this host, signed by its own key.
fn certificate_der() -> Vec<u8> {
    const SEQUENCE: u8 = 0x30;
    const SHA256_RSA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00];
    const RSA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];
    let name = asn1(SEQUENCE, &[COMMON_NAME, &asn1(0x0c, &[b"sns.amazonaws.com"])]);
    let name = asn1(SEQUENCE, &[&asn1(0x31, &[&name])]);
    let times = asn1(SEQUENCE, &[&asn1(0x17, &[b"250101000000Z"]), &asn1(0x17, &[b"490101000000Z"])]);
    let public = key().to_public_key().to_pkcs1_der().expect("a key can be written");
    let info = asn1(SEQUENCE, &[&asn1(SEQUENCE, &[RSA]), &asn1(0x03, &[&[0], public.as_bytes()])]);
    let algorithm = asn1(SEQUENCE, &[SHA256_RSA]);
    let version = asn1(0xa0, &[&[0x02, 0x01, 0x02]]);
    let signed = asn1(SEQUENCE, &[&version, &[0x02, 0x01, 0x01], &algorithm, &name, &times, &name, &info]);
    let signature = asn1(0x03, &[&[0], &sign(&signed)]);
    asn1(SEQUENCE, &[&signed, &algorithm, &signature])
}

/// Signs a message over its names and values, in the order of names.
fn signed(mut message: Value) -> Value {
    let names = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
    let part = |name: &&str| Some(format!("{name}\n{}\n", message.get(*name)?.as_str()?));
    let text: String = names.iter().filter_map(part).collect();
    message["Signature"] = json!(STANDARD.encode(sign(text.as_bytes())));
    message["SignatureVersion"] = json!("2");
    message["SigningCertURL"] = json!(format!("https://{HOST}/{}", certificate().1));
    message
}

pub(super) fn notification(url: &str, id: &str, subject: &str, message: &str, now: Timestamp) -> Delivery {
    let message = signed(json!({
        "Type": "Notification", "MessageId": id, "TopicArn": TOPIC, "Subject": subject, "Message": message,
        "Timestamp": now.to_string(), "UnsubscribeURL": format!("https://{HOST}/?Action=Unsubscribe"),
    }));
    Delivery::new(Via::Sns, id.to_owned(), url.to_owned(), message.to_string())
}

pub(super) fn confirmation(url: &str, token: &str, now: Timestamp) -> Delivery {
    let id = format!("confirm-{}", &token[..8]);
    let message = signed(json!({
        "Type": "SubscriptionConfirmation", "MessageId": id, "TopicArn": TOPIC, "Token": token,
        "Message": format!("You have chosen to subscribe to the topic {TOPIC}."), "Timestamp": now.to_string(),
        "SubscribeURL": format!("https://{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token={token}"),
    }));
    Delivery::new(Via::Sns, id, url.to_owned(), message.to_string())
}

/// The kind of a message, for the header that names it.
pub(crate) fn kind_of(body: &str) -> &'static str {
    match body.contains("\"Type\":\"SubscriptionConfirmation\"") {
        true => "SubscriptionConfirmation",
        false => "Notification",
    }
}

/// Answers what is asked at the host of SNS: its certificate, and confirmations. All else goes on to the sandbox.
pub(crate) async fn answer_at_its_host(
    State(sandbox): State<Sandbox>,
    request: Request,
    next: Next,
) -> Response {
    if request.uri().host() != Some(HOST) {
        return next.run(request).await;
    }
    let (pem, file) = certificate();
    if request.uri().path().trim_start_matches('/') == file {
        return ([(header::CONTENT_TYPE, "application/x-pem-file")], pem.clone()).into_response();
    }
    let query = request.uri().query().unwrap_or_default();
    let query: HashMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let of = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    if request.uri().path() != "/" || of("Action") != "ConfirmSubscription" || of("TopicArn") != TOPIC {
        return (StatusCode::FORBIDDEN, "<Code>AccessDenied</Code>").into_response();
    }
    let mut world = sandbox.world();
    let subscribed =
        world.sns_tokens.iter().find(|(_, token)| *token == of("Token")).map(|(url, _)| url.clone());
    match subscribed {
        Some(url) => {
            world.sns_confirmed.insert(url);
            let arn = format!("<SubscriptionArn>{TOPIC}:6b0e71bd</SubscriptionArn>");
            ([(header::CONTENT_TYPE, "text/xml")], arn).into_response()
        }
        None => (StatusCode::BAD_REQUEST, "<Code>InvalidParameter</Code>").into_response(),
    }
}
