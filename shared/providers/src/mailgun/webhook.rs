//! Verifies time and token, and takes the mail out of the form.

use crate::fields::Fields;
use crate::inbound_email::payload;
use crate::rebuilt::{TextPart, rebuild};
use crate::webhooks::sent_lately;
use application::ports::provider_events::{Forged, Verified, WebhookRequest};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use subtle::ConstantTimeEq;

const LONGEST_TOKEN: usize = 100;

pub(super) fn verify(
    request: &WebhookRequest,
    signing_key: &str,
    now: Timestamp,
) -> Result<Verified, Forged> {
    let fields = Fields::of(request).ok_or(Forged::Missing)?;
    let field = |name| fields.text(name).ok_or(Forged::Missing);
    let (sent, token, signature) = (field("timestamp")?, field("token")?, field("signature")?);
    if token.len() > LONGEST_TOKEN || !sent.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Forged::Mismatch);
    }
    let mut mac =
        Hmac::<Sha256>::new_from_slice(signing_key.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(sent.as_bytes());
    mac.update(token.as_bytes());
    let expected = hex::encode(mac.finalize().into_bytes());
    if !bool::from(signature.to_ascii_lowercase().as_bytes().ct_eq(expected.as_bytes())) {
        return Err(Forged::Mismatch);
    }
    sent_lately(sent, now)?;
    let mail = match fields.bytes("body-mime") {
        Some(raw) => raw.to_vec(),
        None => taken_apart(&fields)
            .ok_or(Forged::Incomplete("a mail: body-mime, or message-headers and body-plain"))?,
    };
    let to = fields.text("recipient").into_iter().flat_map(|to| to.split(',')).map(|to| to.trim().to_owned());
    let payload = payload(fields.text("sender"), to.collect(), &mail);
    Ok(Verified { event_id: token.to_owned(), payload })
}

fn taken_apart(fields: &Fields) -> Option<Vec<u8>> {
    let headers = fields.text("message-headers").and_then(|json| serde_json::from_str(json).ok());
    let headers: Vec<(String, String)> = headers.unwrap_or_default();
    let part = |name| fields.bytes(name).map(|bytes| TextPart { charset: "utf-8", bytes });
    rebuild(&headers, part("body-plain"), part("body-html"))
}
