//! A route of Mailgun that forwards raw mail: a URL-encoded form, signed over a time and a token.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use super::{Letter, MailWebhook};
use crate::inbound::{Delivery, Via};

pub(super) const SIGNING_KEY: &str = "sandbox-mailgun-webhook-signing-key";

pub(super) fn received(webhook: &MailWebhook, id: &str, letter: &Letter<'_>) -> Delivery {
    let form = [
        ("recipient", letter.to),
        ("sender", letter.from),
        ("from", letter.from),
        ("subject", letter.subject),
        ("body-mime", letter.raw),
    ];
    let body = serde_urlencoded::to_string(form).unwrap_or_default();
    Delivery::new(Via::Mailgun, id.to_owned(), webhook.url.clone(), body)
}

/// Adds time, token and signature to the form, as each attempt has its own.
pub(crate) fn signed(form: &str, id: &str, now: i64) -> String {
    let token = hex::encode(Sha256::digest(format!("{id} {now}")))[..50].to_owned();
    let mut mac =
        Hmac::<Sha256>::new_from_slice(SIGNING_KEY.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(format!("{now}{token}").as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    format!("{form}&timestamp={now}&token={token}&signature={signature}")
}
