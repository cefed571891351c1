//! The envelope around the mail.

use super::mime;
use application::provider_events::{ProviderEvent, Unreadable, WebhookRequest};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;

/// Padding or none: gateways differ.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

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
    raw_base64: String,
}

/// The first envelope recipient, without the token that tells which message it answers.
pub(crate) fn account(request: &WebhookRequest) -> Option<String> {
    let event: Event = serde_json::from_slice(&request.body).ok()?;
    let to = event.data.get("to")?.as_array()?.first()?.as_str()?;
    let to = to.trim().to_lowercase();
    let (local, domain) = to.rsplit_once('@')?;
    let mailbox = local.split_once('+').map_or(local, |(mailbox, _)| mailbox);
    Some(format!("{mailbox}@{domain}"))
}

pub(crate) fn translate(payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
    let event: Event = serde_json::from_str(payload).map_err(unreadable)?;
    if event.kind != "email.received" {
        return Ok(Vec::new());
    }
    let received: Received = serde_json::from_value(event.data).map_err(unreadable)?;
    let raw: Vec<u8> = received.raw_base64.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let raw = LENIENT.decode(raw).map_err(unreadable)?;
    let mail = mime::read(&raw, received.from, received.to);
    Ok(vec![ProviderEvent::EmailReceived(Box::new(mail))])
}

fn unreadable(error: impl std::fmt::Display) -> Unreadable {
    Unreadable(error.to_string())
}
