//! Drafts: made of MIME, sent, looked at and deleted. With immutable ids the copy among sent mail has the draft's id, so
//! the draft itself says what became of it.

use super::api;
use super::response::done;
use crate::mailbox_api::{ApiAccount, Trouble, object, segment};
use application::ports::mail_drafts::{DraftState, MailDraft};
use application::ports::provider_calls::{Accepted, OutgoingMail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::message::failure_class::FailureClass;
use http::Method;
use serde::Deserialize;

/// The most of a request of this kind. Larger attachments would need an upload session, and we send none.
const LARGEST: usize = 4 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    id: String,
    internet_message_id: Option<String>,
    #[serde(default)]
    is_draft: bool,
    parent_folder_id: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    value: Vec<Message>,
}

#[derive(Deserialize)]
struct Folder {
    id: String,
}

const FIELDS: (&str, &str) = ("$select", "id,internetMessageId,isDraft,parentFolderId");

impl Message {
    fn accepted(self) -> Accepted {
        Accepted::with_id(Some(self.id))
    }
}

pub(super) async fn create(
    call: ApiAccount<'_>,
    mail: &OutgoingMail,
    bytes: &[u8],
) -> Result<MailDraft, Trouble> {
    let body = STANDARD.encode(bytes).into_bytes();
    if body.len() > LARGEST {
        let detail =
            format!("the mail is {} bytes, and {} is the most that is taken", bytes.len(), LARGEST / 4 * 3);
        return Err(Trouble::Refused { class: FailureClass::TooLarge, code: "too_large".to_owned(), detail });
    }
    let request = call.request(Method::POST, &api(call, "/me/messages", &[])?, "text/plain", body)?;
    let made: Message = object(&done(call, request).await?)?;
    let told = made.internet_message_id.as_deref().map(|id| id.trim().trim_matches(['<', '>']).to_owned());
    let internet_id = told.filter(|id| !id.is_empty() && *id != mail.message_id);
    Ok(MailDraft { id: made.id, internet_id })
}

/// Sends a draft. The answer, 202, says that Exchange has taken it.
pub(super) async fn send(call: ApiAccount<'_>, draft: &str) -> Result<Accepted, Trouble> {
    let url = api(call, &format!("/me/messages/{}/send", segment(draft)), &[])?;
    done(call, call.empty(Method::POST, &url)?).await?;
    Ok(Accepted::with_id(Some(draft.to_owned())))
}

pub(super) async fn state(
    call: ApiAccount<'_>,
    draft: &str,
    internet_id: &str,
) -> Result<DraftState, Trouble> {
    let url = api(call, &format!("/me/messages/{}", segment(draft)), &[FIELDS])?;
    let found: Message = match done(call, call.empty(Method::GET, &url)?).await {
        // Between the two folders it is in neither.
        Err(Trouble::Missing) => {
            return Ok(find_sent(call, internet_id).await?.map_or(DraftState::Unknown, DraftState::Sent));
        }
        other => object(&other?)?,
    };
    if !found.is_draft {
        return Ok(DraftState::Sent(found.accepted()));
    }
    // What waits in the outbox counts as a draft still.
    let outbox = api(call, "/me/mailFolders/outbox", &[("$select", "id")])?;
    let outbox: Folder = object(&done(call, call.empty(Method::GET, &outbox)?).await?)?;
    match found.parent_folder_id == Some(outbox.id) {
        true => Ok(DraftState::BeingSent),
        false => Ok(DraftState::NotSent),
    }
}

pub(super) async fn find_sent(call: ApiAccount<'_>, internet_id: &str) -> Result<Option<Accepted>, Trouble> {
    let sought = format!("internetMessageId eq '<{}>'", internet_id.replace('\'', "''"));
    let url = api(call, "/me/mailFolders/sentitems/messages", &[("$filter", sought.as_str()), FIELDS])?;
    let listed: Listed = object(&done(call, call.empty(Method::GET, &url)?).await?)?;
    Ok(listed.value.into_iter().find(|message| !message.is_draft).map(Message::accepted))
}

/// Deletes a draft that is one still. A copy among sent mail has the same id, and is the user's.
pub(super) async fn discard(call: ApiAccount<'_>, draft: &str) -> Result<(), Trouble> {
    let url = api(call, &format!("/me/messages/{}", segment(draft)), &[FIELDS])?;
    let found: Message = match done(call, call.empty(Method::GET, &url)?).await {
        Err(Trouble::Missing) => return Ok(()),
        other => object(&other?)?,
    };
    if !found.is_draft {
        return Ok(());
    }
    let url = api(call, &format!("/me/messages/{}", segment(draft)), &[])?;
    match done(call, call.empty(Method::DELETE, &url)?).await {
        Ok(_) | Err(Trouble::Missing) => Ok(()),
        Err(other) => Err(other),
    }
}
