//! Reading by delta, folder by folder: the inbox, junk and sent mail. A round ends with a link that is asked the next
//! time and tells only what was added since. The link holds the state, and the server forgets old ones: 410 makes the
//! cursor void.
//!
//! Only a round that one poll has made of all folders shows that nothing waits: after one that an earlier poll began,
//! another follows at once.
//!
//! A round that begins at a moment asks only for mail that was received since. Where the server keeps that condition, and
//! where it does not, earlier mail is left out here.
//!
//! Headers come one request a mail. Of a sent mail they are not asked for: its copy has none but those that are told with
//! it, which is enough to see to whom the user wrote and in which conversation. Calls are made one after the other, since
//! a mailbox takes four at a time from one app, and sending needs some of them.

use super::response::{done, prefer};
use super::{Microsoft, api};
use crate::mailbox_api::{ApiAccount, HeaderBlock, Trouble, ask_twice, object, segment};
use application::ports::mailboxes::{
    MailPlace, MailReference, MailboxCursor, MailboxPoll, NewMail, PollLimits,
};
use http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

const FOLDERS: [(&str, MailPlace); 3] =
    [("inbox", MailPlace::Received), ("junkemail", MailPlace::Junk), ("sentitems", MailPlace::Sent)];
const FIELDS: &str = "id,subject,from,sender,replyTo,toRecipients,ccRecipients,receivedDateTime,sentDateTime,\
                      internetMessageId,conversationId,isDraft";

#[derive(Serialize, Deserialize)]
struct Cursor {
    v: u32,
    /// The moment at which reading began: earlier mail is never reported.
    since: Timestamp,
    /// The next link of each folder, in the order of `FOLDERS`.
    links: Vec<String>,
    /// Whether a folder's round is at its end.
    ended: Vec<bool>,
    /// The mails that were reported of the page that is read now, which broke off in its middle.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    read: Vec<String>,
}

#[derive(Deserialize)]
struct Round {
    #[serde(default)]
    value: Vec<Message>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
    #[serde(rename = "@odata.deltaLink")]
    delta: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Message {
    id: String,
    subject: Option<String>,
    from: Option<Recipient>,
    sender: Option<Recipient>,
    reply_to: Vec<Recipient>,
    to_recipients: Vec<Recipient>,
    cc_recipients: Vec<Recipient>,
    received_date_time: Option<Timestamp>,
    sent_date_time: Option<Timestamp>,
    internet_message_id: Option<String>,
    conversation_id: Option<String>,
    is_draft: bool,
    #[serde(rename = "@removed")]
    removed: Option<serde_json::Value>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Recipient {
    email_address: Address,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Address {
    name: Option<String>,
    address: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WithHeaders {
    internet_message_headers: Vec<Header>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Header {
    pub name: String,
    pub value: String,
}

pub(super) fn begin(call: ApiAccount<'_>, since: Timestamp) -> Result<String, Trouble> {
    let condition = format!("receivedDateTime ge {}", whole_second(since));
    let link = |(folder, _): (&str, MailPlace)| {
        let path = format!("/me/mailFolders/{folder}/messages/delta");
        let query = [("changeType", "created"), ("$select", FIELDS), ("$filter", condition.as_str())];
        api(call, &path, &query).map(String::from)
    };
    let links = FOLDERS.into_iter().map(link).collect::<Result<Vec<_>, _>>()?;
    Ok(written(&Cursor { v: 1, since, links, ended: vec![false; FOLDERS.len()], read: Vec::new() }))
}

/// Mails are dated by the second.
fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

fn written(cursor: &Cursor) -> String {
    serde_json::to_string(cursor).expect("numbers and texts are JSON")
}

pub(super) async fn poll(
    call: ApiAccount<'_>,
    cursor: &str,
    limits: PollLimits,
) -> Result<MailboxPoll, Trouble> {
    let mut cursor: Cursor = serde_json::from_str(cursor).map_err(|_| Trouble::CursorVoid)?;
    if cursor.v != 1 || cursor.links.len() != FOLDERS.len() || cursor.ended.len() != FOLDERS.len() {
        return Err(Trouble::CursorVoid);
    }
    if cursor.ended.iter().all(|ended| *ended) {
        cursor.ended.fill(false);
    }
    // What has arrived since an earlier poll in a folder that ended there is not seen in this round.
    let is_resumed = cursor.ended.contains(&true);
    let mut found = Found::default();
    let failed = rounds(call, &mut cursor, &mut found, limits).await.err();
    let more = failed.is_some() || is_resumed || !cursor.ended.iter().all(|ended| *ended);
    match failed {
        // What was read before is reported; the next poll meets the failure again, if it lasts.
        Some(failed) if found.is_empty() => Err(failed),
        _ => Ok(MailboxPoll {
            mails: found.mails,
            unreadable: found.unreadable,
            cursor: MailboxCursor(written(&cursor)),
            more,
            problems: Vec::new(),
        }),
    }
}

/// The mails of a poll, and those of which only the list tells something.
#[derive(Default)]
struct Found {
    mails: Vec<NewMail>,
    unreadable: Vec<NewMail>,
}

impl Found {
    fn is_empty(&self) -> bool {
        self.mails.is_empty() && self.unreadable.is_empty()
    }
}

/// Reads page after page of each folder, until there are enough mails. The cursor stands for what is found.
async fn rounds(
    call: ApiAccount<'_>,
    cursor: &mut Cursor,
    found: &mut Found,
    limits: PollLimits,
) -> Result<(), Trouble> {
    for (at, (_, place)) in FOLDERS.into_iter().enumerate() {
        while !cursor.ended[at] && found.mails.len() < limits.mails {
            let round = read(call, &cursor.links[at], limits).await?;
            for message in round.value {
                let mark = mark_of(&message.id);
                if !cursor.read.contains(&mark) {
                    match mail(call, message, (place, cursor.since), limits).await? {
                        Some((mail, true)) => found.mails.push(mail),
                        Some((mail, false)) => found.unreadable.push(mail),
                        None => {}
                    }
                    cursor.read.push(mark);
                }
            }
            // A page without a link would be asked for for ever.
            let link = round.next.clone().or(round.delta).ok_or(Trouble::CursorVoid)?;
            cursor.ended[at] = round.next.is_none();
            cursor.links[at] = link;
            cursor.read.clear();
        }
    }
    Ok(())
}

/// Returns what a mail is remembered by until its page is read.
fn mark_of(id: &str) -> String {
    hex::encode(&Sha256::digest(id)[..8])
}

async fn read(call: ApiAccount<'_>, link: &str, limits: PollLimits) -> Result<Round, Trouble> {
    let link = Url::parse(link).map_err(|_| Trouble::CursorVoid)?;
    let wish = format!("odata.maxpagesize={}", limits.mails.clamp(1, 200));
    object(&done(call, prefer(call.empty(Method::GET, &link)?, &wish)).await?)
}

/// Reads the headers of a mail, and tells whether it could: a mail without them has what the list tells of it. `None`: it
/// was deleted meanwhile, is no mail, or arrived before reading began.
async fn mail(
    call: ApiAccount<'_>,
    message: Message,
    (place, since): (MailPlace, Timestamp),
    limits: PollLimits,
) -> Result<Option<(NewMail, bool)>, Trouble> {
    let received_at = message.received_date_time.or(message.sent_date_time);
    let is_old = received_at.is_some_and(|at| at < whole_second(since));
    if message.removed.is_some() || message.is_draft || message.id.is_empty() || is_old {
        return Ok(None);
    }
    let (mut told, mut is_read) = (Vec::new(), true);
    if place != MailPlace::Sent {
        let ask = || headers_if_there(call, &message.id);
        match ask_twice(&Microsoft, call, [ask(), ask()]).await? {
            Ok(Some(headers)) => told = headers,
            Ok(None) => return Ok(None),
            Err(_) => is_read = false,
        }
    }
    let mut block = HeaderBlock::new(limits);
    for (name, value) in described(&message) {
        if !told.iter().any(|header| header.name.eq_ignore_ascii_case(name)) {
            block.add(name, &value);
        }
    }
    for header in &told {
        block.add(&header.name, &header.value);
    }
    let (headers, is_cut) = block.finish();
    let Message { id, conversation_id: thread, .. } = message;
    let reference = MailReference(id);
    let mail = NewMail { reference, place, headers, is_cut, received_at, size_bytes: None, thread };
    Ok(Some((mail, is_read)))
}

async fn headers_if_there(call: ApiAccount<'_>, id: &str) -> Result<Option<Vec<Header>>, Trouble> {
    match headers(call, id).await {
        Err(Trouble::Missing) => Ok(None),
        other => other.map(Some),
    }
}

pub(super) async fn headers(call: ApiAccount<'_>, id: &str) -> Result<Vec<Header>, Trouble> {
    let query = [("$select", "internetMessageHeaders")];
    let url = api(call, &format!("/me/messages/{}", segment(id)), &query)?;
    let told: WithHeaders = object(&done(call, call.empty(Method::GET, &url)?).await?)?;
    Ok(told.internet_message_headers)
}

/// Writes what is told beside the headers as headers, for mails whose own headers do not say it.
fn described(message: &Message) -> Vec<(&'static str, String)> {
    let all = |list: &[Recipient]| list.iter().filter_map(written_address).collect::<Vec<_>>().join(", ");
    let date = message.sent_date_time.or(message.received_date_time);
    let date = date.and_then(|at| jiff::fmt::rfc2822::to_string(&at.to_zoned(jiff::tz::TimeZone::UTC)).ok());
    let headers = [
        ("From", message.from.as_ref().and_then(written_address)),
        ("Sender", message.sender.as_ref().and_then(written_address)),
        ("Reply-To", Some(all(&message.reply_to))),
        ("To", Some(all(&message.to_recipients))),
        ("Cc", Some(all(&message.cc_recipients))),
        ("Subject", message.subject.clone()),
        ("Date", date),
        ("Message-ID", message.internet_message_id.clone()),
    ];
    let told = headers.into_iter().filter_map(|(name, value)| Some((name, value?)));
    told.filter(|(_, value)| !value.is_empty()).collect()
}

fn written_address(recipient: &Recipient) -> Option<String> {
    let address = recipient.email_address.address.as_deref().filter(|address| !address.is_empty())?;
    let name = recipient.email_address.name.as_deref().filter(|name| *name != address && !name.is_empty());
    Some(match name {
        Some(name) => format!("\"{}\" <{address}>", name.replace(['"', '\\'], "'")),
        None => address.to_owned(),
    })
}
