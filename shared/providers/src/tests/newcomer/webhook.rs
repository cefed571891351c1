//! Reports about sent messages, and what leads write back. The time and the body are signed.

use super::error_code::{Meaning, meaning};
use super::request::KIND;
use crate::webhooks::sent_lately;
use application::ports::provider_events::{
    Addressee, Forged, ProviderEvent, Unreadable, Verified, WebhookRequest,
};
use domain::MessageId;
use domain::contact::channel::Channel;
use domain::message::failure_class::FailureClass;
use domain::message::{Failure, MessageState};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

const SIGNATURE: &str = "x-signature";
const TIMESTAMP: &str = "x-timestamp";

#[derive(Deserialize)]
struct Event {
    id: Option<String>,
    account: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    data: Value,
}

#[derive(Deserialize)]
struct Report {
    id: String,
    /// Our tag, as it was sent along.
    reference: Option<String>,
    status: String,
    code: Option<String>,
}

#[derive(Deserialize)]
struct Written {
    id: String,
    from: String,
    to: String,
    text: String,
}

/// Returns the account that the payload names.
pub(super) fn account(request: &WebhookRequest) -> Option<String> {
    serde_json::from_slice::<Event>(&request.body).ok()?.account
}

pub(super) fn verify(request: &WebhookRequest, secret: &str, now: Timestamp) -> Result<Verified, Forged> {
    let given = request.header(SIGNATURE).ok_or(Forged::Missing)?;
    let sent = request.header(TIMESTAMP).ok_or(Forged::Missing)?;
    let given = hex::decode(given).map_err(|_| Forged::Mismatch)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(format!("{sent}.").as_bytes());
    mac.update(&request.body);
    mac.verify_slice(&given).map_err(|_| Forged::Mismatch)?;
    sent_lately(sent, now)?;
    let id = serde_json::from_slice::<Event>(&request.body).ok().and_then(|event| event.id);
    let event_id = id.unwrap_or_else(|| hex::encode(Sha256::digest(&request.body)));
    Ok(Verified { event_id, payload: String::from_utf8_lossy(&request.body).into_owned() })
}

pub(super) fn translate(payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
    let unreadable = |error: serde_json::Error| Unreadable(error.to_string());
    let event: Event = serde_json::from_str(payload).map_err(unreadable)?;
    let told = match event.kind.as_str() {
        "status" => report(serde_json::from_value(event.data).map_err(unreadable)?),
        "text" => received(serde_json::from_value(event.data).map_err(unreadable)?),
        _ => None,
    };
    Ok(told.into_iter().collect())
}

/// Translates a status report; a status without a final or accepting meaning is no event.
fn report(report: Report) -> Option<ProviderEvent> {
    let state = match report.status.as_str() {
        "sent" => MessageState::Accepted,
        "delivered" => MessageState::Delivered,
        "undelivered" => MessageState::Bounced,
        "failed" => MessageState::Failed,
        _ => return None,
    };
    let message = MessageId::parse(report.reference.as_deref()?).ok()?;
    let (class, suppress) = match report.code.as_deref().map(meaning) {
        Some(Meaning::Refused { class, suppress }) => (class, suppress),
        Some(Meaning::Account) => (FailureClass::AccountRefused, false),
        Some(Meaning::Later | Meaning::Wait) => (FailureClass::SoftTemp, false),
        None => (FailureClass::Unknown, false),
    };
    let failed = matches!(state, MessageState::Bounced | MessageState::Failed);
    let failure = failed.then(|| Failure {
        class,
        code: report.code.clone(),
        detail: format!("the provider reports {}", report.status),
    });
    let suppress = failed && suppress;
    let (provider_id, addressee) = (Some(report.id), Addressee::default());
    Some(ProviderEvent::MessageStatus { message, state, failure, suppress, provider_id, addressee })
}

/// Translates a received text. A reply to a mail comes by mail.
fn received(written: Written) -> Option<ProviderEvent> {
    let Written { id, from, to, text } = written;
    Some(ProviderEvent::TextReceived {
        channel: KIND.channel().filter(|channel| *channel != Channel::Email)?,
        from,
        user: None,
        to,
        wordless: text.trim().is_empty(),
        opt_out: None,
        text,
        provider_id: id,
        at: None,
    })
}
