//! Takes the mail out of the JSON.

use crate::inbound_email::payload;
use crate::rebuilt::{TextPart, rebuild};
use application::ports::provider_events::{Forged, Verified, WebhookRequest};
use serde::Deserialize;

const LONGEST_ID: usize = 200;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Received {
    #[serde(rename = "MessageID", default)]
    message_id: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    original_recipient: String,
    #[serde(default)]
    raw_email: String,
    #[serde(default)]
    text_body: String,
    #[serde(default)]
    html_body: String,
    #[serde(default)]
    headers: Vec<Header>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Header {
    name: String,
    value: String,
}

pub(super) fn read(request: &WebhookRequest) -> Result<Verified, Forged> {
    let received: Received =
        serde_json::from_slice(&request.body).map_err(|_| Forged::Incomplete("a mail as JSON"))?;
    if received.message_id.is_empty() || received.message_id.len() > LONGEST_ID {
        return Err(Forged::Incomplete("MessageID"));
    }
    let mail = match received.raw_email.as_str() {
        "" => {
            taken_apart(&received).ok_or(Forged::Incomplete("a mail: RawEmail, or Headers and TextBody"))?
        }
        raw => raw.as_bytes().to_vec(),
    };
    let to = Some(received.original_recipient).filter(|to| !to.is_empty());
    let from = Some(received.from.as_str()).filter(|from| !from.is_empty());
    Ok(Verified { event_id: received.message_id, payload: payload(from, to.into_iter().collect(), &mail) })
}

/// Postmark lists neither sender nor subject among the headers.
fn taken_apart(received: &Received) -> Option<Vec<u8>> {
    let (text, html) = (TextPart::utf8(&received.text_body), TextPart::utf8(&received.html_body));
    if text.is_none() && html.is_none() && received.headers.is_empty() {
        return None;
    }
    let own = [("From", &received.from), ("To", &received.to), ("Subject", &received.subject)];
    let mut headers: Vec<(String, String)> =
        own.into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect();
    headers.extend(received.headers.iter().map(|header| (header.name.clone(), header.value.clone())));
    rebuild(&headers, text, html)
}
