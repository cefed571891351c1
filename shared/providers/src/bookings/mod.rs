//! Meetings that leads book at Cal.com or Calendly, told by webhooks.

mod cal_com;
mod calendly;

use crate::reports::{Key, Reports};
use application::ports::provider_events::{Forged, ProviderEvent, Unreadable, Verified, WebhookRequest};
use domain::workspace::account::AccountSettings;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

pub(crate) struct CalCom;
pub(crate) struct Calendly;

const LONGEST_TITLE: usize = 200;

impl Reports for CalCom {
    fn verify(&self, request: &WebhookRequest, key: &Key<'_>, _: Timestamp) -> Result<Verified, Forged> {
        cal_com::verify(request, key.of("signing_secret")?)
    }

    fn translate(&self, _: &AccountSettings, payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
        Ok(cal_com::translate(payload)?.into_iter().map(ProviderEvent::Meeting).collect())
    }
}

impl Reports for Calendly {
    fn verify(&self, request: &WebhookRequest, key: &Key<'_>, now: Timestamp) -> Result<Verified, Forged> {
        calendly::verify(request, key.of("signing_secret")?, now)
    }

    fn translate(&self, _: &AccountSettings, payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
        Ok(calendly::translate(payload)?.map(ProviderEvent::Meeting).into_iter().collect())
    }
}

/// Compares a signature in hexadecimal digits with that of the parts.
fn check_signature(given: &str, secret: &str, parts: &[&[u8]]) -> Result<(), Forged> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    let expected = hex::encode(mac.finalize().into_bytes());
    let matches: bool = given.to_ascii_lowercase().as_bytes().ct_eq(expected.as_bytes()).into();
    if matches { Ok(()) } else { Err(Forged::Mismatch) }
}

/// Names a webhook by what tells it from others: neither service gives its webhooks an id. A webhook that is sent again
/// has the same parts.
fn event_id(parts: &[&str], body: &[u8]) -> String {
    let mut digest = Sha256::new();
    match parts.iter().all(|part| !part.is_empty()) {
        true => digest.update(parts.join("\n")),
        false => digest.update(body),
    }
    hex::encode(&digest.finalize()[..16])
}

fn verified(parts: &[&str], body: &[u8]) -> Verified {
    Verified { event_id: event_id(parts, body), payload: String::from_utf8_lossy(body).into_owned() }
}

fn title(text: Option<String>) -> String {
    let text: String = text.unwrap_or_default().trim().chars().take(LONGEST_TITLE).collect();
    if text.is_empty() { "Meeting".to_owned() } else { text }
}

/// Returns the address of an online meeting; a place in the world is none.
fn link(text: Option<String>) -> Option<String> {
    text.filter(|text| text.starts_with("https://") && text.len() <= 2000)
}

fn unreadable(error: impl std::fmt::Display) -> Unreadable {
    Unreadable(error.to_string())
}

#[cfg(test)]
mod tests;
