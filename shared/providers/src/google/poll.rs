//! Reading by history. Gmail numbers every change of a mailbox; `history.list` tells which messages were added since a
//! number. It remembers a week, at times only hours: 404 means that the number is forgotten, and the cursor is void.
//! A page that it knows no longer is refused by 400, and means the same.
//!
//! Reading that begins at an earlier moment takes the present number first and then lists the mails after that moment,
//! newest first, page by page. What arrives during the listing is in the history, and may be reported twice.
//!
//! Everything but drafts and chats is reported, wherever a filter has moved it: an answer that is archived as it arrives
//! is an answer. Gmail finds no mail twice under different ids, so a repetition is recognised by its reference.

use super::drafts::{Listed, Message, get};
use super::{Google, api};
use crate::mailbox_api::{ApiAccount, HeaderBlock, Trouble, ask_twice, object, segment};
use application::ports::mailboxes::{
    MailPlace, MailReference, MailboxCursor, MailboxPoll, NewMail, PollLimits,
};
use jiff::Timestamp;
use mailbox_reader::READ_HEADERS;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Cursor {
    v: u32,
    /// The number after which changes are asked for.
    history: String,
    /// The moment at which reading began: earlier mail is never reported.
    since: Timestamp,
    /// The next page of the history, where the last poll did not reach its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    /// The listing that comes before the history, and its next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    listing: Option<Listing>,
}

#[derive(Serialize, Deserialize)]
struct Listing {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    history_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct History {
    #[serde(default)]
    history: Vec<Change>,
    next_page_token: Option<String>,
    history_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    #[serde(default)]
    messages_added: Vec<Added>,
}

#[derive(Deserialize)]
struct Added {
    message: Message,
}

pub(super) async fn begin(call: ApiAccount<'_>, since: Timestamp) -> Result<String, Trouble> {
    let profile: Profile = object(&get(call, api(call, "/profile", &[])?).await?)?;
    let listing = (since < call.now).then_some(Listing { page: None });
    Ok(written(&Cursor { v: 1, history: profile.history_id, since, page: None, listing }))
}

fn written(cursor: &Cursor) -> String {
    serde_json::to_string(cursor).expect("numbers and texts are JSON")
}

pub(super) async fn poll(
    call: ApiAccount<'_>,
    cursor: &str,
    limits: PollLimits,
) -> Result<MailboxPoll, Trouble> {
    let cursor: Cursor = serde_json::from_str(cursor).map_err(|_| Trouble::CursorVoid)?;
    if cursor.v != 1 {
        return Err(Trouble::CursorVoid);
    }
    let (ids, cursor, more) = match cursor.listing {
        Some(_) => listed(call, cursor, limits).await?,
        None => changed(call, cursor, limits).await?,
    };
    let (mut mails, mut unreadable) = (Vec::new(), Vec::new());
    for id in ids {
        let ask = || mail(call, &id, cursor.since, limits);
        match ask_twice(&Google, call, [ask(), ask()]).await? {
            Ok(mail) => mails.extend(mail),
            Err(_) => unreadable.push(unknown_mail(id)),
        }
    }
    let cursor = MailboxCursor(written(&cursor));
    Ok(MailboxPoll { mails, unreadable, cursor, more, problems: Vec::new() })
}

/// Returns the ids of one page of mails after the moment at which reading begins.
async fn listed(
    call: ApiAccount<'_>,
    mut cursor: Cursor,
    limits: PollLimits,
) -> Result<(Vec<String>, Cursor, bool), Trouble> {
    let (after, most) =
        (format!("after:{}", cursor.since.as_second()), limits.mails.clamp(1, 500).to_string());
    let mut query = vec![("q", after.as_str()), ("includeSpamTrash", "true"), ("maxResults", &most)];
    let page = cursor.listing.take().and_then(|listing| listing.page);
    query.extend(page.as_deref().map(|page| ("pageToken", page)));
    let listed: Listed = match get(call, api(call, "/messages", &query)?).await {
        Err(Trouble::Refused { .. }) if page.is_some() => return Err(Trouble::CursorVoid),
        other => object(&other?)?,
    };
    cursor.listing = listed.next_page_token.map(|page| Listing { page: Some(page) });
    // After the last page the history has yet to be read.
    Ok((listed.messages.into_iter().map(|message| message.id).collect(), cursor, true))
}

/// Returns the ids of the messages that one page of the history adds.
async fn changed(
    call: ApiAccount<'_>,
    mut cursor: Cursor,
    limits: PollLimits,
) -> Result<(Vec<String>, Cursor, bool), Trouble> {
    let most = limits.mails.clamp(1, 500).to_string();
    let mut query = vec![
        ("startHistoryId", cursor.history.as_str()),
        ("historyTypes", "messageAdded"),
        ("maxResults", &most),
    ];
    query.extend(cursor.page.as_deref().map(|page| ("pageToken", page)));
    let told: History = match get(call, api(call, "/history", &query)?).await {
        Err(Trouble::Missing) => return Err(Trouble::CursorVoid),
        Err(Trouble::Refused { .. }) if cursor.page.is_some() => return Err(Trouble::CursorVoid),
        other => object(&other?)?,
    };
    let mut ids: Vec<String> = Vec::new();
    for Added { message } in told.history.into_iter().flat_map(|change| change.messages_added) {
        // A draft is added anew each time that a user changes it.
        if !message.has("DRAFT") && !ids.contains(&message.id) {
            ids.push(message.id);
        }
    }
    let more = told.next_page_token.is_some();
    if !more {
        cursor.history = told.history_id.unwrap_or(cursor.history);
    }
    cursor.page = told.next_page_token;
    Ok((ids, cursor, more))
}

/// Describes a mail of which nothing but its id is told.
fn unknown_mail(id: String) -> NewMail {
    NewMail {
        reference: MailReference(id),
        place: MailPlace::Received,
        headers: Vec::new(),
        is_cut: false,
        received_at: None,
        size_bytes: None,
        thread: None,
    }
}

/// Reads the headers of a mail. `None`: it was deleted meanwhile, is no mail, or arrived before reading began.
async fn mail(
    call: ApiAccount<'_>,
    id: &str,
    since: Timestamp,
    limits: PollLimits,
) -> Result<Option<NewMail>, Trouble> {
    let mut query = vec![("format", "metadata")];
    query.extend(READ_HEADERS.map(|name| ("metadataHeaders", name)));
    let message: Message = match get(call, api(call, &format!("/messages/{}", segment(id)), &query)?).await {
        Err(Trouble::Missing) => return Ok(None),
        other => object(&other?)?,
    };
    let received_at = message.internal_date.as_deref().and_then(|millis| millis.parse().ok());
    let received_at = received_at.and_then(|millis| Timestamp::from_millisecond(millis).ok());
    let is_old = received_at.is_some_and(|at| at.as_second() < since.as_second());
    if message.has("DRAFT") || message.has("CHAT") || is_old {
        return Ok(None);
    }
    let place = match () {
        () if message.has("SPAM") => MailPlace::Junk,
        () if message.has("SENT") && !message.has("INBOX") => MailPlace::Sent,
        () => MailPlace::Received,
    };
    let mut block = HeaderBlock::new(limits);
    for header in message.payload.unwrap_or_default().headers {
        block.add(&header.name, &header.value);
    }
    let (headers, is_cut) = block.finish();
    Ok(Some(NewMail {
        reference: MailReference(message.id),
        place,
        headers,
        is_cut,
        received_at,
        size_bytes: message.size_estimate,
        thread: message.thread_id,
    }))
}
