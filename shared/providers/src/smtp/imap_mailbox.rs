//! `MailboxReader` by IMAP, for an SMTP account that names the IMAP server of its mailbox. `mailbox_reader` tells how its
//! cursor holds; it is stored as its JSON. The reference of a mail is its folder, the folder's UIDVALIDITY and its UID: a
//! mail that is moved gets another one, and is recognised by its Message-ID when it is ingested.
//!
//! Each poll has a connection of its own, and so has the reading of whole mails after it, all of them together.

use super::sent_folder::imap_target;
use crate::accounts::Unusable;
use crate::transport::{Imap, ImapSession, ImapTarget, MailboxFailure, bye, enter, in_time};
use application::ports::mailboxes::{
    FolderProblem, MailFetcher, MailPlace, MailReference, MailboxCursor, MailboxError, MailboxPoll, NewMail,
    PollLimits, WholeMail,
};
use application::ports::provider_calls::OpenAccount;
use async_trait::async_trait;
use domain::mutant;
use domain::workspace::account::{AccountSettings, ImapServer};
use jiff::{SignedDuration, Timestamp};
use mailbox_reader::{Cursor, FolderName, FolderRole, Limits, poll};
use std::time::Duration;

/// The time limits, well within the lease of a poll.
const BEGIN: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_secs(30);
const FETCH: Duration = Duration::from_secs(15);
/// How old the moment of connecting may be and still count as this one.
const JUST_NOW: SignedDuration = SignedDuration::from_secs(10);
const LONGEST_SHOWN: usize = 100;
/// What a conversation that fetches mails needs beside them.
const AROUND: usize = 1024 * 1024;

/// The mailbox of an account, at its server.
pub(crate) struct ImapMailbox<'a> {
    imap: &'a dyn Imap,
    target: ImapTarget,
    /// A folder that is read besides the inbox, junk and sent mail, as people call it.
    chosen: Option<&'a str>,
}

impl<'a> ImapMailbox<'a> {
    /// Returns the mailbox of an account that has one.
    pub fn of(imap: &'a dyn Imap, account: &'a OpenAccount) -> Option<Result<Self, Unusable>> {
        let AccountSettings::Smtp { imap: Some(server), username, .. } = &account.settings else {
            return None;
        };
        let target = imap_target(server, username, &account.secret);
        let chosen = server.folder.as_deref();
        Some(target.map(|target| Self { imap, target, chosen }))
    }

    /// Names the mailbox that the settings lead to.
    pub fn name(ImapServer { host, port, username, .. }: &ImapServer, smtp_username: &str) -> String {
        let username = username.as_deref().unwrap_or(smtp_username);
        format!("imap {username} {host}:{port}")
    }

    pub async fn begin(&self, since: Timestamp, now: Timestamp) -> Result<MailboxCursor, MailboxError> {
        let begun = in_time(BEGIN, async {
            let mut session = self.enter(Limits::default()).await?;
            let cursor = if now.duration_since(since) > JUST_NOW {
                Cursor::start_earlier(&mut session, since).await?
            } else {
                let chosen = match self.chosen {
                    Some(chosen) => vec![find_folder(&mut session, chosen).await?],
                    None => Vec::new(),
                };
                Cursor::start(&mut session, &chosen, since).await?
            };
            bye(session).await;
            Ok(cursor)
        });
        begun.await.map(|cursor| stored(&cursor)).map_err(for_reader)
    }

    pub async fn poll(
        &self,
        cursor: &MailboxCursor,
        limits: PollLimits,
        now: Timestamp,
    ) -> Result<MailboxPoll, MailboxError> {
        let mut cursor: Cursor = serde_json::from_str(&cursor.0).map_err(|_| MailboxError::CursorVoid)?;
        let limits = Limits { mails: limits.mails, header_bytes: limits.header_bytes, ..Limits::default() };
        let polled = in_time(POLL, async {
            let mut session = self.enter(limits).await?;
            self.choose(&mut session, &mut cursor, now).await?;
            let polled = poll(&mut session, &cursor, now).await?;
            bye(session).await;
            Ok(polled)
        });
        let polled = polled.await.map_err(for_reader)?;
        if !polled.numbered_anew.is_empty() {
            tracing::warn!(folders = polled.numbered_anew.len(), "folders of a mailbox were numbered anew");
        }
        let is_passed = |mail: &mailbox_reader::NewMail| {
            mutant!("uidvalidity_ignored") && polled.numbered_anew.contains(&mail.folder)
        };
        Ok(MailboxPoll {
            more: polled.more,
            cursor: stored(&polled.cursor),
            problems: polled.problems.iter().map(problem).collect(),
            mails: polled.mails.into_iter().filter(|mail| !is_passed(mail)).map(new_mail).collect(),
            unreadable: polled.unreadable.into_iter().map(new_mail).collect(),
        })
    }

    /// Has the chosen folder in the cursor, and none that was chosen before.
    async fn choose(
        &self,
        session: &mut ImapSession,
        cursor: &mut Cursor,
        now: Timestamp,
    ) -> Result<(), MailboxFailure> {
        let known = self.chosen.map(|chosen| {
            let known = cursor.folders().iter().find(|known| known.name.is_called(chosen));
            (chosen, known.map(|known| known.name.clone()))
        });
        let name = match known {
            None => None,
            Some((_, Some(known))) => Some(known),
            Some((chosen, None)) => Some(find_folder(session, chosen).await?),
        };
        cursor.choose(name.as_ref(), now);
        Ok(())
    }

    async fn enter(&self, limits: Limits) -> Result<ImapSession, MailboxFailure> {
        enter(self.imap, &self.target, limits).await
    }
}

async fn find_folder(session: &mut ImapSession, shown: &str) -> Result<FolderName, MailboxFailure> {
    let listed = session.folders().await?;
    let found = listed.into_iter().find(|folder| folder.name.is_called(shown));
    found.map(|folder| folder.name).ok_or_else(|| MailboxFailure::FolderNotFound(shown.to_owned()))
}

fn stored(cursor: &Cursor) -> MailboxCursor {
    MailboxCursor(serde_json::to_string(cursor).expect("numbers and texts are JSON"))
}

fn problem(problem: &mailbox_reader::FolderProblem) -> FolderProblem {
    // The name is the server's: it is shown on one line, and no longer than a line.
    let shown = problem.folder.to_string();
    let folder = shown.chars().filter(|letter| !letter.is_control()).take(LONGEST_SHOWN).collect();
    FolderProblem { folder, detail: problem.failure.to_string() }
}

fn new_mail(mail: mailbox_reader::NewMail) -> NewMail {
    let reference = Reference { folder: mail.folder, uid_validity: mail.uid_validity, uid: mail.headers.uid };
    let place = match mail.role {
        Some(FolderRole::Sent) => MailPlace::Sent,
        Some(FolderRole::Junk) => MailPlace::Junk,
        _ => MailPlace::Received,
    };
    let mut headers = mail.headers.bytes;
    if mail.headers.is_cut {
        let end = headers.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
        headers.truncate(end);
    }
    headers.truncate(headers.trim_ascii_end().len());
    NewMail {
        reference: reference.written(),
        place,
        headers,
        is_cut: mail.headers.is_cut,
        received_at: mail.headers.received_at,
        size_bytes: mail.headers.size_bytes,
        thread: None,
    }
}

fn for_reader(failure: MailboxFailure) -> MailboxError {
    if failure.may_pass() {
        return MailboxError::Unreachable(failure.into());
    }
    MailboxError::Refused { detail: format!("{failure}. {}", failure.next_step()) }
}

struct Reference {
    folder: FolderName,
    uid_validity: u32,
    uid: u32,
}

impl Reference {
    fn written(&self) -> MailReference {
        MailReference(format!("{} {} {}", self.uid_validity, self.uid, self.folder.as_wire()))
    }

    fn read(MailReference(written): &MailReference) -> Option<Self> {
        let mut parts = written.splitn(3, ' ');
        let (uid_validity, uid) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(Self { folder: FolderName::from_wire(parts.next()?), uid_validity, uid })
    }
}

/// Reads mails one after the other over one connection.
pub(crate) struct ImapFetcher<'a> {
    mailbox: ImapMailbox<'a>,
    most_bytes: usize,
    session: Option<ImapSession>,
    /// The folder that is open, and its UIDVALIDITY.
    open: Option<(FolderName, u32)>,
    /// Whether the mail itself is asked for now, in its folder, which the server has opened.
    is_asked: bool,
}

impl<'a> ImapMailbox<'a> {
    pub fn fetcher(self, most_bytes: usize) -> ImapFetcher<'a> {
        ImapFetcher { mailbox: self, most_bytes, session: None, open: None, is_asked: false }
    }
}

impl ImapFetcher<'_> {
    /// Returns the conversation, or a new one if what it may hear is nearly used up.
    async fn session(&mut self) -> Result<ImapSession, MailboxFailure> {
        let most = self.most_bytes + AROUND;
        if let Some(session) = self.session.take() {
            if session.bytes_read() < 3 * most {
                return Ok(session);
            }
            bye(session).await;
        }
        self.open = None;
        let limits =
            Limits { literal_bytes: self.most_bytes, conversation_bytes: 4 * most, ..Limits::default() };
        self.mailbox.enter(limits).await
    }

    async fn read(
        &mut self,
        wanted: &Reference,
        most_bytes: usize,
    ) -> Result<Option<mailbox_reader::WholeMail>, MailboxFailure> {
        self.is_asked = false;
        let mut session = self.session().await?;
        if self.open.as_ref().is_none_or(|(folder, _)| *folder != wanted.folder) {
            self.open = None;
            match session.examine(&wanted.folder).await {
                Ok(examined) => self.open = Some((wanted.folder.clone(), examined.uid_validity)),
                Err(MailboxFailure::FolderNotFound(_)) => {
                    self.session = Some(session);
                    return Ok(None);
                }
                Err(other) => return Err(other),
            }
        }
        // The number may belong to another mail by now: the next poll finds the mail under its new one.
        if self.open.as_ref().is_some_and(|(_, known)| *known != wanted.uid_validity) {
            return Err(MailboxFailure::HungUp("the folder was numbered anew".to_owned()));
        }
        self.is_asked = true;
        let whole = session.fetch_mail(wanted.uid, most_bytes).await?;
        self.session = Some(session);
        Ok(whole)
    }

    /// Reads a mail up to this length. A failure at the mail itself is the mail's: the server has just logged us in, or
    /// answered about another mail. One that is busy, or has lost its connection for another reason, answers the caller's
    /// next try, which has a conversation of its own.
    async fn fetch_up_to(
        &mut self,
        mail: &MailReference,
        most_bytes: usize,
    ) -> Result<Option<WholeMail>, MailboxError> {
        let Some(wanted) = Reference::read(mail) else { return Ok(None) };
        let whole = match in_time(FETCH, self.read(&wanted, most_bytes)).await {
            Ok(whole) => whole,
            Err(failure @ MailboxFailure::Busy) => return Err(for_reader(failure)),
            Err(failure) if self.is_asked && !failure.is_of_the_login() => {
                return Err(MailboxError::MailFails(failure.into()));
            }
            Err(failure) => return Err(for_reader(failure)),
        };
        Ok(whole.map(|whole| WholeMail { bytes: whole.bytes, is_cut: whole.is_cut }))
    }
}

#[async_trait]
impl MailFetcher for ImapFetcher<'_> {
    async fn fetch(&mut self, mail: &MailReference) -> Result<Option<WholeMail>, MailboxError> {
        self.fetch_up_to(mail, self.most_bytes).await
    }

    /// A part of a mail is asked for by its length (RFC 3501, 6.4.5): `BODY.PEEK[]<0.262144>`.
    async fn fetch_beginning(
        &mut self,
        mail: &NewMail,
        most_bytes: usize,
    ) -> Result<Option<WholeMail>, MailboxError> {
        self.fetch_up_to(&mail.reference, most_bytes.min(self.most_bytes)).await
    }

    async fn close(self: Box<Self>) {
        if let Some(session) = self.session {
            bye(session).await;
        }
    }
}
