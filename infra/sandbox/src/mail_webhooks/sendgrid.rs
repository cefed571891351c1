//! SendGrid's Inbound Parse with a security policy, and its signed event webhook.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::json;

use super::form::in_parts;
use super::{Fate, Letter, MailWebhook};
use crate::inbound::{Delivery, Via};
use crate::mail::Mail;

pub(crate) const BOUNDARY: &str = "xYzZY";
/// What precedes the point in a key of the curve P-256.
const HEAD: &str = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

fn key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).expect("these bytes are a key")
}

/// The public key as the console shows it.
pub(super) fn public_key() -> String {
    let point = key().verifying_key().to_encoded_point(false);
    let head = hex::decode(HEAD).expect("it is written in hex");
    STANDARD.encode([head.as_slice(), point.as_bytes()].concat())
}

/// The signature of a body, which covers the time as it stands in the header.
pub(crate) fn signature(body: &[u8], now: i64) -> String {
    let signature: Signature = key().sign(&[now.to_string().as_bytes(), body].concat());
    STANDARD.encode(signature.to_der())
}

pub(super) fn received(webhook: &MailWebhook, id: &str, letter: &Letter<'_>) -> Delivery {
    let envelope = json!({ "to": [letter.to], "from": letter.from }).to_string();
    let charsets = json!({ "to": "UTF-8", "from": "UTF-8", "subject": "UTF-8" }).to_string();
    let body = in_parts(
        BOUNDARY,
        &[
            ("dkim", "{@lead.example : pass}"),
            ("email", letter.raw),
            ("to", letter.to),
            ("from", letter.from),
            ("sender_ip", "192.0.2.25"),
            ("envelope", &envelope),
            ("subject", letter.subject),
            ("charsets", &charsets),
            ("SPF", "pass"),
        ],
    );
    Delivery::new(Via::SendgridMail, id.to_owned(), webhook.url.clone(), body)
}

/// Events come as a list, whose line end is signed, too.
pub(super) fn report(
    webhook: &MailWebhook,
    mail: &Mail,
    id: &str,
    fate: Fate<'_>,
    now: Timestamp,
) -> Delivery {
    let mut event = json!({
        "email": mail.to, "timestamp": now.as_second(), "smtp-id": format!("<{}>", mail.message_id),
        "sg_event_id": id, "sg_message_id": format!("{id}.recvd-1"), "category": [],
    });
    let told = match fate {
        Fate::Delivered => json!({ "event": "delivered", "response": "250 2.0.0 OK", "tls": 1 }),
        Fate::Bounced { status, diagnostic } => json!({
            "event": "bounce", "type": "bounce", "status": status, "reason": diagnostic,
            "bounce_classification": "Invalid Address",
        }),
        Fate::Complained => json!({ "event": "spamreport" }),
    };
    if let (Some(event), Some(told)) = (event.as_object_mut(), told.as_object()) {
        event.extend(told.clone());
    }
    let body = format!("[{event}]\r\n");
    Delivery::new(Via::SendgridEvents, id.to_owned(), webhook.url.clone(), body)
}
