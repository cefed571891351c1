//! The webhook that holds messages and reports, many in one call. Meta signs the bytes and no time.

use super::error_code::{Meaning, meaning};
use super::inbound::{self, Chat, with_plus};
use application::ports::provider_events::{
    Addressee, Forged, ProviderEvent, Unreadable, Verified, WebhookRequest,
};
use domain::MessageId;
use domain::message::failure_class::FailureClass;
use domain::message::{Failure, MessageState};
use hmac::{Hmac, Mac};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::Url;

const SIGNATURE: &str = "x-hub-signature-256";

#[derive(Deserialize)]
struct Payload {
    #[serde(default)]
    entry: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    changes: Vec<Change>,
}

#[derive(Deserialize)]
struct Change {
    value: Changed,
}

/// The value of a change. Messages and reports are read one by one, so that one of an unforeseen shape does not drop
/// the others. Changes of other fields (a template's state, the account's, old chats) have none of this.
#[derive(Deserialize)]
struct Changed {
    metadata: Option<Metadata>,
    contacts: Option<Vec<Value>>,
    messages: Option<Vec<Value>>,
    statuses: Option<Vec<Value>>,
    user_preferences: Option<Vec<Value>>,
    /// The messages that a colleague writes in the app on a phone that shares the number (`smb_message_echoes`).
    message_echoes: Option<Vec<Value>>,
}

#[derive(Deserialize)]
struct Metadata {
    phone_number_id: String,
    #[serde(default)]
    display_phone_number: String,
}

#[derive(Deserialize)]
struct Report {
    id: String,
    status: String,
    /// The number that the message went to; missing where it went to a person's id.
    recipient_id: Option<String>,
    recipient_user_id: Option<String>,
    /// Our tag, as it was sent along.
    biz_opaque_callback_data: Option<String>,
    #[serde(default)]
    errors: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    code: u32,
    #[serde(default)]
    title: String,
}

/// Returns the challenge, if the caller knows the token.
pub(crate) fn confirm(request: &WebhookRequest, verify_token: &str) -> Option<String> {
    let url = Url::parse(&request.url).ok()?;
    let asked = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value);
    let knows = bool::from(asked("hub.verify_token")?.as_bytes().ct_eq(verify_token.as_bytes()));
    let asks = asked("hub.mode").as_deref() == Some("subscribe");
    let challenge = asked("hub.challenge")?.into_owned();
    let plain =
        challenge.len() <= 200 && challenge.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    (knows && asks && plain).then_some(challenge)
}

/// Returns the first number that is named.
pub(crate) fn account(request: &WebhookRequest) -> Option<String> {
    let payload: Payload = serde_json::from_slice(&request.body).ok()?;
    let mut changes = payload.entry.into_iter().flat_map(|entry| entry.changes);
    changes.find_map(|change| change.value.metadata).map(|metadata| metadata.phone_number_id)
}

pub(crate) fn verify(request: &WebhookRequest, app_secret: &str) -> Result<Verified, Forged> {
    let given = request.header(SIGNATURE).ok_or(Forged::Missing)?;
    let given =
        given.strip_prefix("sha256=").and_then(|hex| hex::decode(hex).ok()).ok_or(Forged::Mismatch)?;
    let mut mac =
        Hmac::<Sha256>::new_from_slice(app_secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(&request.body);
    mac.verify_slice(&given).map_err(|_| Forged::Mismatch)?;
    let payload = String::from_utf8_lossy(&request.body).into_owned();
    Ok(Verified { event_id: hex::encode(Sha256::digest(&request.body)), payload })
}

/// Translates a webhook. `phone_number_id` is this account's: messages to another number of the same app are ignored.
pub(crate) fn translate(phone_number_id: &str, payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
    let payload: Payload = serde_json::from_str(payload).map_err(|error| Unreadable(error.to_string()))?;
    let mut events = Vec::new();
    for change in payload.entry.into_iter().flat_map(|entry| entry.changes) {
        let Changed { metadata, contacts, messages, statuses, user_preferences, message_echoes } =
            change.value;
        let Some(metadata) = metadata.filter(|metadata| metadata.phone_number_id == phone_number_id) else {
            continue;
        };
        let known: Vec<inbound::Contact> = readable(contacts).collect();
        let chat = Chat { ours: with_plus(&metadata.display_phone_number), known: &known };
        events.extend(readable(messages).filter_map(|written| chat.received(written)));
        events.extend(readable(user_preferences).filter_map(|preference| chat.preferred(&preference)));
        events.extend(readable(message_echoes).filter_map(|written| chat.written_on_phone(written)));
        events.extend(readable(statuses).filter_map(report));
    }
    Ok(events)
}

fn readable<T: DeserializeOwned>(told: Option<Vec<Value>>) -> impl Iterator<Item = T> {
    told.into_iter().flatten().filter_map(|one| match serde_json::from_value(one) {
        Ok(one) => Some(one),
        Err(error) => {
            tracing::warn!(%error, "part of a WhatsApp webhook cannot be read");
            None
        }
    })
}

/// Translates a report. Reports of one message come in any order; `read` implies that it was delivered.
fn report(report: Report) -> Option<ProviderEvent> {
    let state = match report.status.as_str() {
        "sent" => MessageState::Accepted,
        "delivered" | "read" => MessageState::Delivered,
        "failed" => MessageState::Failed,
        _ => return None,
    };
    let message = MessageId::parse(report.biz_opaque_callback_data.as_deref()?).ok()?;
    let fault = report.errors.first();
    let (class, suppress) = match fault.map(|fault| meaning(fault.code)) {
        Some(Meaning::Refused { class, suppress }) => (class, suppress),
        Some(Meaning::Account) => (FailureClass::AccountRefused, false),
        Some(Meaning::Later { .. } | Meaning::Wait) => (FailureClass::SoftTemp, false),
        Some(Meaning::Unclear) | None => (FailureClass::Unknown, false),
    };
    let failed = state == MessageState::Failed;
    let failure = failed.then(|| Failure {
        class,
        code: fault.map(|fault| fault.code.to_string()),
        detail: fault.map_or_else(
            || "the provider reports failed".to_owned(),
            |fault| crate::wire::excerpt(&fault.title),
        ),
    });
    let suppress = failed && suppress;
    let number = report.recipient_id.filter(|id| id.bytes().all(|b| b.is_ascii_digit()));
    let addressee = Addressee::to(number.map(|number| with_plus(&number)).or(report.recipient_user_id));
    let provider_id = Some(report.id);
    Some(ProviderEvent::MessageStatus { message, state, failure, suppress, provider_id, addressee })
}
