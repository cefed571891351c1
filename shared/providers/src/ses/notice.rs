//! What SES writes to a topic: a received mail, or what became of one that was sent. A mailbox's own notifications name
//! their kind `notificationType`, those of a configuration set `eventType`; the rest is the same.

use application::ports::provider_events::{Addressee, Unreadable};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::MessageId;
use domain::message::identity::message_of;
use serde::Deserialize;

/// The header of our mails that holds the message's id.
const TAG: &str = "X-Leadflow-Message";

#[derive(Deserialize)]
pub(super) struct Notice {
    #[serde(alias = "eventType", rename = "notificationType")]
    pub kind: String,
    #[serde(default)]
    pub mail: Mail,
    receipt: Option<Receipt>,
    /// The mail itself, where the rule's action is to publish it.
    content: Option<String>,
    pub bounce: Option<Bounce>,
    pub complaint: Option<Complaint>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Mail {
    source: Option<String>,
    #[serde(default)]
    destination: Vec<String>,
    /// The headers of the mail; left out of a mailbox's notifications unless it asks for them.
    pub headers: Option<Vec<Header>>,
}

#[derive(Deserialize)]
pub(super) struct Header {
    name: String,
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
struct Receipt {
    #[serde(default)]
    recipients: Vec<String>,
    action: Option<Action>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Action {
    #[serde(default)]
    r#type: String,
    encoding: Option<String>,
    object_key: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Bounce {
    #[serde(default)]
    pub bounce_type: String,
    #[serde(default)]
    pub bounce_sub_type: String,
    #[serde(default)]
    pub bounced_recipients: Vec<Bounced>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Bounced {
    /// The last recipient that a report names, who may have got the mail from ours.
    pub email_address: Option<String>,
    pub status: Option<String>,
    pub diagnostic_code: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Complaint {
    #[serde(default)]
    pub complained_recipients: Vec<Bounced>,
    pub complaint_feedback_type: Option<String>,
}

/// Reads a notice. `None`: a sentence for people, such as that the topic was set up.
pub(super) fn read(payload: &str) -> Result<Option<Notice>, Unreadable> {
    if !payload.trim_start().starts_with('{') {
        return Ok(None);
    }
    serde_json::from_str(payload).map(Some).map_err(|error| Unreadable(error.to_string()))
}

impl Notice {
    /// Returns the received mail that the notice holds.
    pub fn content(&self) -> Option<Vec<u8>> {
        let content = self.content.as_deref()?;
        let encoding = self.action().and_then(|action| action.encoding.as_deref());
        // Every mail has a colon, and no base64 has one.
        let is_base64 = match encoding {
            Some(told) => told.eq_ignore_ascii_case("base64"),
            None => !content.contains(':'),
        };
        match is_base64 {
            true => {
                let text: Vec<u8> = content.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
                STANDARD.decode(text).ok()
            }
            false => Some(content.as_bytes().to_vec()),
        }
    }

    pub fn has_content(&self) -> bool {
        self.content.is_some()
    }

    /// Returns the key of the received mail in the bucket, where the rule's action was to put it there.
    pub fn object_key(&self) -> Option<String> {
        let action = self.action().filter(|action| action.r#type == "S3" && self.kind == "Received")?;
        action.object_key.clone()
    }

    /// Returns the recipient of a mail of ours, and of whom a bounce or a complaint speaks.
    pub fn addressee(&self) -> Addressee {
        let bounced = self.bounce.as_ref().and_then(|bounce| bounce.bounced_recipients.first());
        let complained = self.complaint.as_ref().and_then(|told| told.complained_recipients.first());
        let end = bounced.or(complained).and_then(|told| told.email_address.clone());
        Addressee { end, ..Addressee::to(self.mail.destination.first().cloned()) }
    }

    /// Returns sender and recipients of the received mail's envelope.
    pub fn envelope(&self) -> (Option<String>, Vec<String>) {
        let to = self.receipt.as_ref().map(|receipt| receipt.recipients.clone());
        (self.mail.source.clone(), to.unwrap_or_default())
    }

    fn action(&self) -> Option<&Action> {
        self.receipt.as_ref()?.action.as_ref()
    }
}

impl Mail {
    /// Returns the message of ours that this mail was: its header says so, else its Message-ID, if it kept ours.
    pub fn message(&self) -> Option<MessageId> {
        let headers = self.headers.as_deref().unwrap_or_default();
        let value = |name: &str| {
            let found = headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
            Some(found.value.trim())
        };
        let of_tag = value(TAG).and_then(|tag| MessageId::parse(tag).ok());
        of_tag.or_else(|| message_of(value("Message-ID")?.trim_start_matches('<').trim_end_matches('>')))
    }
}
