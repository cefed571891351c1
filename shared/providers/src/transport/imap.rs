//! The way to a mail server by IMAP: one connection for each question, and the two kinds of questions. `mailbox_reader`
//! speaks the protocol on whatever stream a transport opens.

use super::Secret;
use async_trait::async_trait;
use domain::workspace::account::SmtpSecurity;
use mailbox_reader::{Credentials, FolderRole, Limits, MailboxFailure, Session, folders_in_role};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};

/// The time limit of a search, from the look-up of the host's name on: other messages of the same batch wait for it.
const SEARCH: Duration = Duration::from_secs(6);
const FAREWELL: Duration = Duration::from_secs(1);
/// The most folders that are searched: several may be marked as the one of sent mail, or have such a name.
const MOST_FOLDERS: usize = 3;
/// The bounds of a search: the names of some thousand folders.
const SEARCH_LIMITS: Limits = Limits {
    line_bytes: 64 * 1024,
    literal_bytes: 1024,
    conversation_bytes: 256 * 1024,
    lines: 10_000,
    header_bytes: 1024,
    mails: 1,
};

/// A stream of any kind: TLS on a socket, a pipe.
pub trait ImapStream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> ImapStream for S {}

pub(super) fn boxed(stream: impl ImapStream + 'static) -> Box<dyn ImapStream> {
    Box::new(stream)
}

/// A conversation with a server that has greeted.
pub type ImapSession = Session<Box<dyn ImapStream>>;

#[async_trait]
pub trait Imap: Send + Sync {
    /// Connects, encrypts as the target says, and reads the greeting. MUST give up a server that is silent meanwhile.
    async fn open(&self, target: &ImapTarget, limits: Limits) -> Result<ImapSession, MailboxFailure>;

    /// Looks for the copy of a mail in the folder of sent mail, and changes nothing there. `message_id` is without angle
    /// brackets.
    async fn find_sent(&self, target: &ImapTarget, message_id: &str) -> Result<SentCopy, MailboxFailure> {
        in_time(SEARCH, async {
            let mut session = enter(self, target, SEARCH_LIMITS).await?;
            let found = search(&mut session, message_id).await?;
            bye(session).await;
            Ok(found)
        })
        .await
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImapTarget {
    pub host: String,
    pub port: u16,
    pub security: SmtpSecurity,
    pub username: String,
    pub password: Secret,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentCopy {
    Found,
    NotFound,
    /// No folder is marked, or named, as the one of sent mail.
    NoFolder,
}

/// Gives up after this time, as if the server were not there.
pub(crate) async fn in_time<T>(
    most: Duration,
    work: impl Future<Output = Result<T, MailboxFailure>>,
) -> Result<T, MailboxFailure> {
    let silent = |_| MailboxFailure::Unreachable(io::ErrorKind::TimedOut.into());
    tokio::time::timeout(most, work).await.map_err(silent)?
}

/// Connects and logs in.
pub(crate) async fn enter(
    imap: &(impl Imap + ?Sized),
    target: &ImapTarget,
    limits: Limits,
) -> Result<ImapSession, MailboxFailure> {
    let mut session = imap.open(target, limits).await?;
    let credentials =
        Credentials::Password { username: &target.username, password: target.password.expose() };
    session.log_in(&credentials).await?;
    session.identify("leadflow").await?;
    Ok(session)
}

/// Says farewell. What was read stands: a farewell that is lost, or never comes, changes nothing.
pub(crate) async fn bye(session: ImapSession) {
    tokio::time::timeout(FAREWELL, session.log_out()).await.ok();
}

async fn search(session: &mut ImapSession, message_id: &str) -> Result<SentCopy, MailboxFailure> {
    let listed = session.folders().await?;
    let (mut is_opened, mut refused) = (false, None);
    for folder in folders_in_role(&listed, FolderRole::Sent).take(MOST_FOLDERS) {
        match session.examine(&folder.name).await {
            Ok(_) => is_opened = true,
            Err(failure @ (MailboxFailure::Refused { .. } | MailboxFailure::FolderNotFound(_))) => {
                refused = Some(failure);
                continue;
            }
            Err(other) => return Err(other),
        }
        if !session.search_message_id(message_id).await?.is_empty() {
            return Ok(SentCopy::Found);
        }
    }
    match refused {
        Some(failure) if !is_opened => Err(failure),
        _ if is_opened => Ok(SentCopy::NotFound),
        _ => Ok(SentCopy::NoFolder),
    }
}
