//! The signatures of webhooks, as the real providers make them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::Sha256;

fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

/// `webhook-signature` of the Standard Webhooks scheme: `v1,` and the base64 of the HMAC over
/// `id.timestamp.body`.
pub fn standard_webhooks(secret: &str, id: &str, timestamp: i64, body: &[u8]) -> String {
    let encoded = secret.strip_prefix("whsec_").unwrap_or(secret);
    let key = STANDARD.decode(encoded).unwrap_or_else(|_| encoded.as_bytes().to_vec());
    let head = format!("{id}.{timestamp}.");
    format!("v1,{}", STANDARD.encode(hmac_sha256(&key, &[head.as_bytes(), body])))
}

/// The header `Stripe-Signature`; the secret is used with its prefix.
pub fn stripe(secret: &str, timestamp: i64, body: &[u8]) -> String {
    let head = format!("{timestamp}.");
    format!("t={timestamp},v1={}", hex::encode(hmac_sha256(secret.as_bytes(), &[head.as_bytes(), body])))
}

/// The header `X-Cal-Signature-256`.
pub fn cal_com(secret: &str, body: &[u8]) -> String {
    hex::encode(hmac_sha256(secret.as_bytes(), &[body]))
}

/// The header `Calendly-Webhook-Signature`: the form of Stripe's.
pub fn calendly(secret: &str, timestamp: i64, body: &[u8]) -> String {
    stripe(secret, timestamp, body)
}

/// The header `X-Hub-Signature-256` of WhatsApp's webhooks.
pub fn whatsapp(app_secret: &str, body: &[u8]) -> String {
    format!("sha256={}", hex::encode(hmac_sha256(app_secret.as_bytes(), &[body])))
}

/// The header `X-Twilio-Signature` of a form POST: the URL as called, then each name with its distinct
/// values, sorted.
pub fn twilio(auth_token: &str, url: &str, form: &[(String, String)]) -> String {
    let mut pairs: Vec<&(String, String)> = form.iter().collect();
    pairs.sort();
    pairs.dedup();
    let mut mac =
        Hmac::<Sha1>::new_from_slice(auth_token.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(url.as_bytes());
    for (name, value) in pairs {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}
