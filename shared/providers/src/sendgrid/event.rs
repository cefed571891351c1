//! SendGrid's events: what became of mails. They name ours by the Message-ID that we gave it (`smtp-id`); mails that others
//! send from the same SendGrid account have another one, and are ignored.

use crate::wire::excerpt;
use application::ports::provider_events::{Addressee, ProviderEvent, Unreadable};
use domain::message::failure_class::FailureClass;
use domain::message::identity::message_of;
use domain::message::{Failure, MessageState};
use serde::Deserialize;
use understanding::class_of_answer;

#[derive(Deserialize)]
struct Event {
    event: String,
    email: Option<String>,
    #[serde(rename = "smtp-id", default)]
    smtp_id: String,
    /// `bounce`, or `blocked` where the address is not at fault.
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    status: String,
}

pub(super) fn translate(payload: &str) -> Result<Vec<ProviderEvent>, Unreadable> {
    let events: Vec<Event> = serde_json::from_str(payload).map_err(|error| Unreadable(error.to_string()))?;
    Ok(events.into_iter().filter_map(event_of).collect())
}

fn event_of(event: Event) -> Option<ProviderEvent> {
    let id = event.smtp_id.trim().trim_start_matches('<').trim_end_matches('>');
    let message = message_of(id)?;
    let addressee = Addressee::to(event.email.clone());
    let (state, class) = match event.event.as_str() {
        "processed" => (MessageState::Accepted, None),
        "delivered" => (MessageState::Delivered, None),
        "bounce" => (MessageState::Bounced, Some(class_of_bounce(&event))),
        "dropped" => match class_of_drop(&event.reason) {
            Drop::Complained => return Some(ProviderEvent::Complained { message, addressee }),
            Drop::Failed(state, class) => (state, Some(class)),
        },
        "spamreport" => return Some(ProviderEvent::Complained { message, addressee }),
        // A deferred mail is still on its way. Opens and clicks are counted by our own links.
        _ => return None,
    };
    // A block is temporary, whatever it says of the address.
    let is_block = event.kind == "blocked";
    let suppress =
        class.is_some_and(|class| class == FailureClass::OptedOut || (class.suppresses() && !is_block));
    let code = Some(excerpt(&event.status)).filter(|code| !code.is_empty());
    let failure = class.map(|class| Failure { class, code, detail: excerpt(&event.reason) });
    Some(ProviderEvent::MessageStatus { message, state, failure, suppress, provider_id: None, addressee })
}

/// Classifies a bounce by the status and the words of the server that refused the mail.
fn class_of_bounce(event: &Event) -> FailureClass {
    let class = class_of_answer(&format!("{} {}", event.status, event.reason));
    FailureClass::parse(class.code()).unwrap_or(FailureClass::Unknown)
}

enum Drop {
    Complained,
    Failed(MessageState, FailureClass),
}

/// Reads why SendGrid did not send a mail at all: the address is on one of its own lists, or the mail is not acceptable.
fn class_of_drop(reason: &str) -> Drop {
    match reason.to_ascii_lowercase().as_str() {
        "bounced address" | "invalid" => Drop::Failed(MessageState::Bounced, FailureClass::HardUnknownUser),
        "unsubscribed address" => Drop::Failed(MessageState::Failed, FailureClass::OptedOut),
        "spam reporting address" => Drop::Complained,
        reason if reason.starts_with("spam content") => {
            Drop::Failed(MessageState::Failed, FailureClass::BadContent)
        }
        _ => Drop::Failed(MessageState::Failed, FailureClass::Unknown),
    }
}
