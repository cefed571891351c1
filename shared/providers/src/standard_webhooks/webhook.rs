//! Verifies `{id}.{timestamp}.{body}` against any of the signatures given.

use crate::webhooks::sent_lately;
use application::ports::provider_events::{Forged, Verified, WebhookRequest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use subtle::ConstantTimeEq;

pub(crate) fn verify(request: &WebhookRequest, secret: &str, now: Timestamp) -> Result<Verified, Forged> {
    let header = |name: &str| {
        request.header(&format!("webhook-{name}")).or_else(|| request.header(&format!("svix-{name}")))
    };
    let id = header("id").filter(|id| !id.is_empty()).ok_or(Forged::Missing)?;
    let sent = header("timestamp").ok_or(Forged::Missing)?;
    let signatures = header("signature").ok_or(Forged::Missing)?;
    // A dot in the id would let id and time trade places.
    if id.contains('.') {
        return Err(Forged::Mismatch);
    }
    let key =
        STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(secret)).map_err(|_| Forged::Mismatch)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of any length");
    mac.update(format!("{id}.{sent}.").as_bytes());
    mac.update(&request.body);
    let expected = STANDARD.encode(mac.finalize().into_bytes());
    let matching = signatures
        .split_ascii_whitespace()
        .filter_map(|signature| signature.strip_prefix("v1,"))
        .filter(|given| given.as_bytes().ct_eq(expected.as_bytes()).into())
        .count();
    if matching == 0 {
        return Err(Forged::Mismatch);
    }
    sent_lately(sent, now)?;
    Ok(Verified { event_id: id.to_owned(), payload: String::from_utf8_lossy(&request.body).into_owned() })
}
