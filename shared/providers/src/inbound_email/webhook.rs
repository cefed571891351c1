//! The JSON envelope around the mail.

use super::mime;
use application::ports::provider_events::{ProviderEvent, Unreadable, WebhookRequest};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde_json::json;

/// A base64 decoder with padding or without: gateways differ.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

const RECEIVED: &str = "email.received";

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    data: serde_json::Value,
}

#[derive(Deserialize)]
struct Received {
    from: Option<String>,
    #[serde(default)]
    to: Vec<String>,
    raw_base64: Option<String>,
    /// The name under which the mail lies in the bucket.
    upload: Option<String>,
}

/// Returns the first envelope recipient, without the token that tells which message it replies to.
pub(crate) fn account(request: &WebhookRequest) -> Option<String> {
    let event: Event = serde_json::from_slice(&request.body).ok()?;
    let to = event.data.get("to")?.as_array()?.first()?.as_str()?;
    let to = to.trim().to_lowercase();
    let (local, domain) = to.rsplit_once('@')?;
    let mailbox = local.split_once('+').map_or(local, |(mailbox, _)| mailbox);
    Some(format!("{mailbox}@{domain}"))
}

/// Returns the size of the mail that a relay asks to upload.
pub(crate) fn upload_asked(payload: &str) -> Option<u64> {
    let event: Event =
        serde_json::from_str(payload).ok().filter(|event: &Event| event.kind == "email.upload")?;
    event.data.get("size_bytes")?.as_u64()
}

/// Returns the upload that a payload names instead of holding a mail of its own.
pub(crate) fn upload_named(payload: &str) -> Option<String> {
    let received = received(payload).ok()??;
    received.upload.filter(|_| received.raw_base64.is_none())
}

pub(crate) fn translate(payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
    let Some(received) = received(payload)? else { return Ok(Vec::new()) };
    let raw = received.raw_base64.ok_or_else(|| unreadable("data.raw_base64: a mail was expected"))?;
    let raw: Vec<u8> = raw.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let raw = LENIENT.decode(raw).map_err(unreadable)?;
    Ok(vec![mail(&raw, received.from, received.to)])
}

pub(crate) fn translate_upload(payload: &str, raw: &[u8]) -> Result<Vec<ProviderEvent>, Unreadable> {
    let Some(received) = received(payload)? else { return Ok(Vec::new()) };
    Ok(vec![mail(raw, received.from, received.to)])
}

/// Writes the payload of a mail that came in another envelope.
pub(crate) fn payload(from: Option<&str>, to: Vec<String>, raw: &[u8]) -> String {
    let data = json!({ "from": from, "to": to, "raw_base64": STANDARD.encode(raw) });
    json!({ "type": RECEIVED, "data": data }).to_string()
}

/// Reads the payload of a received mail; `None` if it is about something else.
fn received(payload: &str) -> Result<Option<Received>, Unreadable> {
    let event: Event = serde_json::from_str(payload).map_err(unreadable)?;
    if event.kind != RECEIVED {
        return Ok(None);
    }
    serde_json::from_value(event.data).map(Some).map_err(unreadable)
}

pub(crate) fn mail(raw: &[u8], from: Option<String>, to: Vec<String>) -> ProviderEvent {
    ProviderEvent::EmailReceived(Box::new(mime::read(raw, from, to)))
}

fn unreadable(error: impl std::fmt::Display) -> Unreadable {
    Unreadable(error.to_string())
}
