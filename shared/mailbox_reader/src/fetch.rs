//! Reading mails of the open folder: headers of many, or the whole of one. Headers are enough to see that a mail is an
//! answer or a bounce; a body is read only when a caller asks for it, so that private mail stays private.

use crate::connection::Command;
use crate::mailbox_failure::MailboxFailure;
use crate::response::{Data, Fetched};
use crate::session::Session;
use jiff::Timestamp;
use std::collections::BTreeMap;
use tokio::io::{AsyncRead, AsyncWrite};

/// The headers that are read of every mail: they tell who wrote, what is answered, and whether a machine wrote it.
pub const READ_HEADERS: [&str; 34] = [
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Delivered-To",
    "X-Original-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Return-Path",
    "Auto-Submitted",
    "Precedence",
    "Preference",
    "X-Autoreply",
    "X-Autorespond",
    "X-AutoReply-From",
    "X-Mail-Autoreply",
    "X-FC-MachineGenerated",
    "X-POST-MessageClass",
    "X-Auto-Response-Suppress",
    "X-Failed-Recipients",
    "X-Leadflow-Message",
    "Content-Type",
    "List-Id",
    "List-Unsubscribe",
    "List-Post",
    "Mailing-List",
    "X-Google-Group-Id",
    "X-Original-From",
    "X-Original-Sender",
    "X-Original-Reply-To",
];
/// What an answer takes around the headers of one mail.
const AROUND: usize = 1024;
const MOST_AT_ONCE: usize = 50;

/// The headers of one mail, as they are written, and what the server knows about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderBlock {
    pub uid: u32,
    /// The moment of arrival in this mailbox.
    pub received_at: Option<Timestamp>,
    pub size_bytes: Option<u64>,
    /// The fields of the mail that matter here, as a block that a mail parser reads.
    pub bytes: Vec<u8>,
    /// True if the block was longer than `Limits` allows, and ends somewhere.
    pub is_cut: bool,
}

/// A whole mail, or its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeMail {
    pub bytes: Vec<u8>,
    pub size_bytes: Option<u64>,
    pub is_cut: bool,
}

/// The result of reading headers. Mails that were deleted meanwhile are in neither list.
#[derive(Debug, Default)]
pub struct HeaderBlocks {
    pub read: Vec<HeaderBlock>,
    /// Mails that the server lists but does not hand out, with what it tells of them besides their headers.
    pub unreadable: Vec<HeaderBlock>,
}

impl HeaderBlock {
    /// Returns the first field of this name on one line, still encoded as in the mail.
    pub fn field(&self, name: &str) -> Option<String> {
        let text = String::from_utf8_lossy(&self.bytes);
        let mut lines = text.lines();
        let first = lines.by_ref().find_map(|line| {
            let (field, value) = line.split_once(':')?;
            field.trim_end().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })?;
        let more = lines.take_while(|line| line.starts_with([' ', '\t']));
        Some(more.fold(first, |value, line| format!("{value} {}", line.trim())).trim().to_owned())
    }

    /// Returns the Message-ID without its angle brackets.
    pub fn message_id(&self) -> Option<String> {
        let field = self.field("Message-ID")?;
        let id = field.trim_start_matches('<').split('>').next()?.trim();
        (!id.is_empty()).then(|| id.to_owned())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Reads the headers of these mails of the open folder, at most as many as `headers_at_once` says.
    pub async fn fetch_headers(&mut self, uids: &[u32]) -> Result<HeaderBlocks, MailboxFailure> {
        let mut blocks = HeaderBlocks::default();
        let (mut told, refusal) = self.fetch_blocks(uids).await?;
        let mut refusals = 0;
        for uid in uids {
            let mut fetched = told.remove(uid);
            let mut refused = refusal.is_some();
            // One mail that the server cannot hand out spoils the answer for those beside it: each is asked for alone.
            if refused && uids.len() > 1 && fetched.as_ref().is_none_or(|fetched| fetched.section.is_none()) {
                let (mut alone, refusal) = self.fetch_blocks(&[*uid]).await?;
                fetched = alone.remove(uid);
                refused = refusal.is_some();
            }
            match fetched {
                Some(Fetched { section: Some(bytes), size_bytes, received_at, .. }) => {
                    blocks.read.push(self.block(*uid, bytes, size_bytes, received_at));
                }
                None if !refused => {}
                told => {
                    refusals += usize::from(refused);
                    let Fetched { size_bytes, received_at, .. } = told.unwrap_or_default();
                    blocks.unreadable.push(self.block(*uid, Vec::new(), size_bytes, received_at));
                }
            }
        }
        match refusal {
            Some(refusal) if refusals > 1 && blocks.read.is_empty() => Err(refusal),
            _ => Ok(blocks),
        }
    }

    fn block(
        &self,
        uid: u32,
        mut bytes: Vec<u8>,
        size_bytes: Option<u64>,
        received_at: Option<Timestamp>,
    ) -> HeaderBlock {
        let most = self.connection.limits().header_bytes;
        let is_cut = bytes.len() >= most;
        bytes.truncate(most);
        HeaderBlock { uid, received_at, size_bytes, bytes, is_cut }
    }

    /// Returns how many mails' headers the rest of the conversation surely has room for.
    pub fn headers_at_once(&self) -> usize {
        let each = self.connection.limits().header_bytes + AROUND;
        (self.connection.bytes_left() / each).min(MOST_AT_ONCE)
    }

    /// Reads a mail up to this length, or nothing if it is no longer there.
    pub async fn fetch_mail(
        &mut self,
        uid: u32,
        most_bytes: usize,
    ) -> Result<Option<WholeMail>, MailboxFailure> {
        let limits = self.connection.limits();
        let most = most_bytes.min(limits.literal_bytes).max(1);
        let words = format!("FETCH {uid} (UID RFC822.SIZE BODY.PEEK[]<0.{most}>)");
        let reply = self.connection.run(Command::new("UID", &words)).await?;
        let (mut told, unbroken) = merged(reply.accepted()?, &[uid]);
        match told.remove(&uid) {
            Some(Fetched { section: Some(bytes), size_bytes, .. }) => {
                Ok(Some(WholeMail { is_cut: bytes.len() >= most, bytes, size_bytes }))
            }
            None if unbroken => Ok(None),
            _ => Err(MailboxFailure::NotImap("a mail without its text".to_owned())),
        }
    }

    /// Returns what the server tells of these mails, and why it does not tell everything.
    async fn fetch_blocks(
        &mut self,
        uids: &[u32],
    ) -> Result<(BTreeMap<u32, Fetched>, Option<MailboxFailure>), MailboxFailure> {
        if uids.is_empty() {
            return Ok((BTreeMap::new(), None));
        }
        let most = self.connection.limits().header_bytes;
        let set = uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let fields = READ_HEADERS.join(" ");
        let items = format!("UID RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER.FIELDS ({fields})]<0.{most}>");
        let reply = self.connection.run(Command::new("UID", &format!("FETCH {set} ({items})"))).await?;
        let refusal = (!reply.status.is_ok()).then(|| reply.status.refusal("UID FETCH"));
        let refusal = match refusal {
            Some(failure @ (MailboxFailure::Busy | MailboxFailure::ImapSwitchedOff)) => return Err(failure),
            other => other,
        };
        let (told, unbroken) = merged(reply.data, uids);
        let broken = || MailboxFailure::NotImap("a mail's headers".to_owned());
        Ok((told, refusal.or_else(|| (!unbroken).then(broken))))
    }
}

/// Puts together what was told of each mail that was asked for. A server may add news of others at any time.
fn merged(data: Vec<Data>, asked: &[u32]) -> (BTreeMap<u32, Fetched>, bool) {
    let mut told: BTreeMap<u32, Fetched> = BTreeMap::new();
    let mut unbroken = true;
    for data in data {
        match data {
            Data::Fetched(news) => {
                let Some(uid) = news.uid.filter(|uid| asked.contains(uid)) else { continue };
                let known = told.entry(uid).or_default();
                known.size_bytes = news.size_bytes.or(known.size_bytes);
                known.received_at = news.received_at.or(known.received_at);
                known.section = news.section.or(known.section.take());
            }
            Data::BrokenFetch => unbroken = false,
            _ => {}
        }
    }
    (told, unbroken)
}
