//! Reading of mailboxes, in one shape for IMAP, Gmail and Microsoft Graph.
//!
//! A *cursor* says up to where a mailbox was read. `begin` makes one, `poll` reports what has arrived since and returns
//! the next one, which is stored after the mails are: a crash in between makes the next poll report the same mails again,
//! under the same references. What is inside a cursor is known to its reader alone.
//!
//! Private mail stays private: a poll reports headers. The whole of a mail is read only when a caller has seen in its
//! headers that it belongs to a lead, a thread or a bounce, and asks for it.
//!
//! A cursor may become void, because the other side forgets what it knew. Reading then begins anew at the moment when the
//! mailbox was last read completely. Some mails may be reported twice, under the same references, where the other side
//! names them by ids that last.

use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::BoxError;
use async_trait::async_trait;
use domain::workspace::account::AccountSettings;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

#[async_trait]
pub trait MailboxReader: Send + Sync {
    /// Names the mailbox that accounts with these settings read. Under another name it is another mailbox. `None`: such
    /// accounts read none.
    fn mailbox_of(&self, settings: &AccountSettings) -> Option<String>;

    /// Makes a cursor: what arrives from `since` on is reported, and nothing that was there before.
    async fn begin(&self, account: &OpenAccount, since: Timestamp) -> Result<MailboxCursor, MailboxError>;

    /// Reports the headers of what has arrived. MUST NOT change anything in the mailbox, not even what counts as read.
    async fn poll(
        &self,
        account: &OpenAccount,
        cursor: &MailboxCursor,
        limits: PollLimits,
    ) -> Result<MailboxPoll, MailboxError>;

    /// Returns what reads whole mails of the mailbox, each up to `most_bytes`.
    fn fetcher<'a>(
        &'a self,
        account: &'a OpenAccount,
        most_bytes: usize,
    ) -> Result<Box<dyn MailFetcher + 'a>, MailboxError>;
}

/// Reads whole mails of one mailbox, one after the other, over one connection where there is one.
#[async_trait]
pub trait MailFetcher: Send {
    /// Reads one mail as it is. `None`: it is no longer there.
    async fn fetch(&mut self, mail: &MailReference) -> Result<Option<WholeMail>, MailboxError>;

    /// Reads the beginning of a mail that cannot be read whole, up to `most_bytes`, by other questions than `fetch` where
    /// there are others. It has headers, and where the other side tells only texts, as much of a text as it tells.
    async fn fetch_beginning(
        &mut self,
        mail: &NewMail,
        most_bytes: usize,
    ) -> Result<Option<WholeMail>, MailboxError>;

    /// Ends the connection.
    async fn close(self: Box<Self>) {}
}

/// The place up to which a mailbox was read, as its reader wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MailboxCursor(pub String);

/// The name of one mail in its mailbox. The same mail is always reported under the same one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MailReference(pub String);

impl MailReference {
    /// Returns the id of the event by which the mail is ingested. The same mail has the same one.
    pub fn event_id(&self) -> String {
        // Other words than a webhook's event id, which is hashed into the same folder.
        hex::encode(Sha256::digest(format!("mailbox {}", self.0)))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollLimits {
    /// About how many mails one poll reports: it stops at the end of the page that reaches the number.
    pub mails: usize,
    /// The most header bytes of one mail. What is longer is cut at the end of a header.
    pub header_bytes: usize,
}

impl Default for PollLimits {
    fn default() -> Self {
        Self { mails: 50, header_bytes: 32 * 1024 }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxPoll {
    pub mails: Vec<NewMail>,
    /// The cursor for the next poll.
    pub cursor: MailboxCursor,
    /// Whether more waits, so that the next poll should follow at once.
    pub more: bool,
    /// The folders that could not be read now, and why. Their place in the cursor stands.
    pub problems: Vec<FolderProblem>,
    /// The mails whose headers the other side does not hand out although it answers. They have what else is known of them,
    /// perhaps no header at all. The cursor is behind them: only a poll of the former one asks for them again.
    pub unreadable: Vec<NewMail>,
}

impl MailboxPoll {
    /// Whether everything that had arrived by now is reported, as far as it can be read. Only then may the mailbox send.
    pub fn is_complete(&self) -> bool {
        !self.more && self.problems.is_empty()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderProblem {
    pub folder: String,
    pub detail: String,
}

/// A mail that has arrived, or that a user has sent by hand.
#[derive(Clone, PartialEq, Eq)]
pub struct NewMail {
    pub reference: MailReference,
    pub place: MailPlace,
    /// The headers as a block that a mail parser reads, without the empty line at its end.
    pub headers: Vec<u8>,
    /// Whether there were more headers than the limit allows.
    pub is_cut: bool,
    /// The moment of arrival in this mailbox, or of sending from it.
    pub received_at: Option<Timestamp>,
    pub size_bytes: Option<u64>,
    /// The other side's id of the conversation, where it has one.
    pub thread: Option<String>,
}

/// The headers are private, and are not shown.
impl std::fmt::Debug for NewMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewMail")
            .field("reference", &self.reference)
            .field("place", &self.place)
            .field("received_at", &self.received_at)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailPlace {
    /// The inbox, or any other place that mail of others arrives at, such as an archive that a filter moves it to.
    Received,
    /// The folder of unwanted mail. Answers land there, too.
    Junk,
    /// The folder of sent mail: what a user has written by hand, and copies of what we have sent.
    Sent,
}

/// A whole mail, or its beginning.
#[derive(Clone, PartialEq, Eq)]
pub struct WholeMail {
    pub bytes: Vec<u8>,
    /// Whether something is left out because the mail is larger than was asked for: its end, or its attachments.
    pub is_cut: bool,
}

impl std::fmt::Debug for WholeMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WholeMail({} bytes, is_cut: {})", self.bytes.len(), self.is_cut)
    }
}

/// The reason why a mailbox could not be read. No variant holds a password, a token or anything of a mail.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// The access token is refused although it has not expired. A new one shows whether the grant still stands.
    #[error("the access token is refused")]
    TokenRefused,
    /// Reading is not allowed, or there is no such mailbox: a user has to change something. `detail` holds the other
    /// side's own words.
    #[error("the mailbox refuses: {detail}")]
    Refused { detail: String },
    /// Nothing is answered before `until`, and nothing is wrong.
    #[error("the mailbox answers nothing before {until}")]
    Throttled { until: Timestamp },
    /// The cursor is void: reading begins anew.
    #[error("the other side has forgotten up to where the mailbox was read")]
    CursorVoid,
    /// The other side was not reached, was silent, or is out of order.
    #[error("the mailbox was not reached")]
    Unreachable(#[source] BoxError),
    /// This one mail is not handed out: it is refused, takes too long, or the connection breaks off at it. MUST be told only
    /// where the mailbox answers other questions: what hinders those is told instead.
    #[error("the mail is not handed out")]
    MailFails(#[source] BoxError),
    /// The account's settings name no mailbox that can be read.
    #[error("the account has no mailbox that can be read: {0}")]
    NoMailbox(String),
}
