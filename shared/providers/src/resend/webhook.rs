//! Resend's events: what became of mails of ours, which they name by the tag that the request gave them, and mail that
//! arrived for us. Events of mails that others send from the same Resend account have no such tag, and are ignored.

use crate::ses::class_of_bounce;
use crate::wire::excerpt;
use application::ports::provider_events::{Addressee, ProviderEvent, Unreadable};
use domain::MessageId;
use domain::message::failure_class::FailureClass;
use domain::message::{Failure, MessageState};
use serde::Deserialize;
use serde_json::Value;

/// The name of the tag that holds our message id.
pub(super) const TAG: &str = "leadflow_message";
/// The longest id of a received mail; Resend's have 36 characters.
const LONGEST_ID: usize = 100;

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
pub(super) struct Data {
    email_id: Option<String>,
    from: Option<String>,
    #[serde(default)]
    to: Option<Vec<String>>,
    /// Names and values, as an object; some webhooks have a list of `{"name", "value"}`.
    tags: Option<Value>,
    bounce: Option<Bounce>,
    failed: Option<Failed>,
}

#[derive(Deserialize)]
struct Bounce {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(rename = "subType", default)]
    sub_kind: String,
    #[serde(default)]
    message: String,
}

#[derive(Deserialize)]
struct Failed {
    #[serde(default)]
    reason: String,
}

pub(super) fn translate(payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
    Ok(event_of(read(payload)?).into_iter().collect())
}

/// Returns the id of the received mail that the payload announces. Its content is fetched from Resend.
pub(super) fn announced(payload: &str) -> Option<String> {
    let event = read(payload).ok().filter(|event| event.kind == "email.received")?;
    let id = event.data.email_id?;
    let is_id = |id: &str| id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    (!id.is_empty() && id.len() <= LONGEST_ID && is_id(&id)).then_some(id)
}

/// Returns the sender and the recipients of a received mail's envelope.
pub(super) fn envelope(payload: &str) -> Result<(Option<String>, Vec<String>), Unreadable> {
    let Data { from, to, .. } = read(payload)?.data;
    Ok((from, to.unwrap_or_default()))
}

fn read(payload: &str) -> Result<Event, Unreadable> {
    serde_json::from_str(payload).map_err(|error| Unreadable(error.to_string()))
}

fn event_of(Event { kind, data }: Event) -> Option<ProviderEvent> {
    let message = message_in(data.tags.as_ref()?)?;
    let addressee = Addressee::to(data.to.and_then(|to| to.into_iter().next()));
    let (state, failure, suppress) = match kind.as_str() {
        "email.sent" => (MessageState::Accepted, None, false),
        "email.delivered" => (MessageState::Delivered, None, false),
        "email.bounced" => {
            let (failure, dead) = bounced(data.bounce.as_ref());
            (MessageState::Bounced, Some(failure), dead)
        }
        "email.suppressed" => {
            let detail = "Resend has the address on its own suppression list".to_owned();
            let failure = Failure { class: FailureClass::HardUnknownUser, code: None, detail };
            (MessageState::Bounced, Some(failure), true)
        }
        "email.failed" => {
            let detail = data.failed.map_or_else(String::new, |failed| excerpt(&failed.reason));
            (MessageState::Failed, Some(Failure { class: FailureClass::Unknown, code: None, detail }), false)
        }
        "email.complained" => return Some(ProviderEvent::Complained { message, addressee }),
        // A delayed mail is still on its way: Resend reports how it ends. Opens and clicks are counted by our own links.
        _ => return None,
    };
    let provider_id = data.email_id;
    Some(ProviderEvent::MessageStatus { message, state, failure, suppress, provider_id, addressee })
}

/// Classifies a bounce.
fn bounced(bounce: Option<&Bounce>) -> (Failure, bool) {
    let Some(Bounce { kind, sub_kind, message }) = bounce else {
        let detail = "Resend reports a bounce".to_owned();
        return (Failure { class: FailureClass::Unknown, code: None, detail }, false);
    };
    let class = class_of_bounce(kind, sub_kind);
    let code = (!kind.is_empty()).then(|| excerpt(&format!("{kind} {sub_kind}")));
    (Failure { class, code, detail: excerpt(message) }, class == FailureClass::HardUnknownUser)
}

fn message_in(tags: &Value) -> Option<MessageId> {
    let of_list = |tag: &&Value| tag.get("name").and_then(Value::as_str) == Some(TAG);
    let value = match tags {
        Value::Array(list) => list.iter().find(of_list)?.get("value")?,
        object => object.get(TAG)?,
    };
    MessageId::parse(value.as_str()?).ok()
}
