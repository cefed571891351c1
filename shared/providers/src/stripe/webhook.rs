//! Verifies `{t}.{body}` against any `v1`. The key is the whole secret as text.

use crate::webhooks::sent_lately;
use application::ports::provider_events::{Forged, Verified, WebhookRequest};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

#[derive(Deserialize)]
struct Head {
    id: Option<String>,
    account: Option<String>,
}

/// Returns the connected account, where the event names one.
pub(crate) fn account(request: &WebhookRequest) -> Option<String> {
    serde_json::from_slice::<Head>(&request.body).ok()?.account
}

pub(crate) fn verify(request: &WebhookRequest, secret: &str, now: Timestamp) -> Result<Verified, Forged> {
    let header = request.header("stripe-signature").ok_or(Forged::Missing)?;
    let pairs = || header.split(',').filter_map(|pair| pair.trim().split_once('='));
    let sent = pairs().find(|(key, _)| *key == "t").map(|(_, value)| value).ok_or(Forged::Missing)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(format!("{sent}.").as_bytes());
    mac.update(&request.body);
    let expected = hex::encode(mac.finalize().into_bytes());
    let matching = pairs()
        .filter(|(key, _)| *key == "v1")
        .filter(|(_, given)| given.as_bytes().ct_eq(expected.as_bytes()).into())
        .count();
    if matching == 0 {
        return Err(Forged::Mismatch);
    }
    sent_lately(sent, now)?;
    let id = serde_json::from_slice::<Head>(&request.body).ok().and_then(|head| head.id);
    let event_id = id.unwrap_or_else(|| hex::encode(Sha256::digest(&request.body)));
    Ok(Verified { event_id, payload: String::from_utf8_lossy(&request.body).into_owned() })
}
