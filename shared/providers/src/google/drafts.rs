//! Drafts: made, sent, looked at and deleted. A draft has an id of its own. When it is sent it is gone, and a new message
//! with the label SENT takes its place, under another id.

use super::api;
use super::response::trouble;
use crate::mail_headers::is_id;
use crate::mailbox_api::{ApiAccount, Trouble, object, segment};
use application::ports::mail_drafts::{DraftState, MailDraft};
use application::ports::provider_calls::{Accepted, OutgoingMail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use domain::message::failure_class::FailureClass;
use http::{Method, Request, Response};
use serde::Deserialize;
use serde_json::json;
use url::Url;

/// The most of one mail with everything in it.
const LARGEST: usize = 35 * 1024 * 1024;

#[derive(Deserialize)]
struct Draft {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    #[serde(default)]
    pub messages: Vec<Message>,
    pub next_page_token: Option<String>,
}

/// A message as far as the request asked for it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message {
    pub id: String,
    pub thread_id: Option<String>,
    pub label_ids: Option<Vec<String>>,
    pub internal_date: Option<String>,
    pub size_estimate: Option<u64>,
    pub raw: Option<String>,
    pub snippet: Option<String>,
    pub payload: Option<Part>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Part {
    pub mime_type: String,
    pub filename: String,
    pub headers: Vec<Header>,
    pub body: Body,
    pub parts: Vec<Part>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Header {
    pub name: String,
    pub value: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Body {
    pub data: Option<String>,
}

impl Message {
    pub fn has(&self, label: &str) -> bool {
        self.label_ids.iter().flatten().any(|own| own == label)
    }
}

/// Sends a request, and returns its success.
pub(super) async fn done(
    call: ApiAccount<'_>,
    request: Request<Vec<u8>>,
) -> Result<Response<Vec<u8>>, Trouble> {
    let answer = call.send(request).await?;
    if answer.status().is_success() { Ok(answer) } else { Err(trouble(&answer, call.now)) }
}

pub(super) async fn get(call: ApiAccount<'_>, url: Url) -> Result<Response<Vec<u8>>, Trouble> {
    done(call, call.empty(Method::GET, &url)?).await
}

/// Makes a draft, in the thread of the mail that it answers where this mailbox has that. Without its thread a follow-up
/// stands alone in the sender's own mailbox; the recipient's client goes by the headers.
pub(super) async fn create(
    call: ApiAccount<'_>,
    mail: &OutgoingMail,
    bytes: &[u8],
) -> Result<MailDraft, Trouble> {
    if bytes.len() > LARGEST {
        let detail = format!("the mail is {} bytes, and {LARGEST} is the most that is taken", bytes.len());
        return Err(Trouble::Refused { class: FailureClass::TooLarge, code: "too_large".to_owned(), detail });
    }
    let raw = URL_SAFE.encode(bytes);
    let thread = match &mail.in_reply_to {
        Some(parent) => listed(call, parent).await?.into_iter().find_map(|message| message.thread_id),
        None => None,
    };
    if let Some(thread) = thread {
        match made(call, &json!({ "message": { "raw": raw, "threadId": thread } })).await {
            // The thread is not taken, because it was deleted meanwhile: the mail goes out all the same.
            Err(Trouble::Missing) => {}
            other => return other,
        }
    }
    made(call, &json!({ "message": { "raw": raw } })).await
}

async fn made(call: ApiAccount<'_>, body: &serde_json::Value) -> Result<MailDraft, Trouble> {
    let answer = done(call, call.json(Method::POST, &api(call, "/drafts", &[])?, body)?).await?;
    let Draft { id } = object(&answer)?;
    Ok(MailDraft { id, internet_id: None })
}

pub(super) async fn send(call: ApiAccount<'_>, draft: &str) -> Result<Accepted, Trouble> {
    let url = api(call, "/drafts/send", &[])?;
    let sent: Message = object(&done(call, call.json(Method::POST, &url, &json!({ "id": draft }))?).await?)?;
    Ok(Accepted::with_id(Some(sent.id)))
}

/// Reads back the Message-ID that a sent mail has. Where it cannot be read, ours is taken for it.
pub(super) async fn sent_id(call: ApiAccount<'_>, id: &str) -> Option<String> {
    let query = [("format", "metadata"), ("metadataHeaders", "Message-ID")];
    let url = api(call, &format!("/messages/{}", segment(id)), &query).ok()?;
    let message: Message = object(&get(call, url).await.ok()?).ok()?;
    let headers = message.payload?.headers;
    let header = headers.into_iter().find(|header| header.name.eq_ignore_ascii_case("message-id"))?;
    let id = header.value.trim().trim_matches(['<', '>']).to_owned();
    (!id.is_empty()).then_some(id)
}

pub(super) async fn state(
    call: ApiAccount<'_>,
    draft: &str,
    internet_id: &str,
) -> Result<DraftState, Trouble> {
    let url = api(call, &format!("/drafts/{}", segment(draft)), &[("format", "minimal")])?;
    match get(call, url).await {
        Ok(answer) => object::<Draft>(&answer).map(|_| DraftState::NotSent),
        Err(Trouble::Missing) => {
            Ok(find_sent(call, internet_id).await?.map_or(DraftState::Unknown, DraftState::Sent))
        }
        Err(other) => Err(other),
    }
}

pub(super) async fn find_sent(call: ApiAccount<'_>, internet_id: &str) -> Result<Option<Accepted>, Trouble> {
    let sent = found(call, internet_id).await?.into_iter().find(|message| message.has("SENT"));
    Ok(sent.map(|message| Accepted::with_id(Some(message.id))))
}

/// Lists the messages with a Message-ID, wherever they are: a mail to oneself is there twice. A list has ids and threads,
/// and no labels.
async fn listed(call: ApiAccount<'_>, internet_id: &str) -> Result<Vec<Message>, Trouble> {
    // Others write their Message-IDs as they like, and further words would search for other mails.
    if !is_id(internet_id) {
        return Ok(Vec::new());
    }
    let sought = format!("rfc822msgid:{internet_id}");
    let query = [("q", sought.as_str()), ("includeSpamTrash", "true"), ("maxResults", "5")];
    let listed: Listed = object(&get(call, api(call, "/messages", &query)?).await?)?;
    Ok(listed.messages)
}

/// Reads the messages with a Message-ID, with their labels.
async fn found(call: ApiAccount<'_>, internet_id: &str) -> Result<Vec<Message>, Trouble> {
    let mut messages = Vec::new();
    for Message { id, .. } in listed(call, internet_id).await? {
        let url = api(call, &format!("/messages/{}", segment(&id)), &[("format", "minimal")])?;
        match get(call, url).await {
            Ok(answer) => messages.push(object(&answer)?),
            Err(Trouble::Missing) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(messages)
}

pub(super) async fn discard(call: ApiAccount<'_>, draft: &str) -> Result<(), Trouble> {
    let url = api(call, &format!("/drafts/{}", segment(draft)), &[])?;
    match done(call, call.empty(Method::DELETE, &url)?).await {
        Ok(_) | Err(Trouble::Missing) => Ok(()),
        Err(other) => Err(other),
    }
}
