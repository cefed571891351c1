//! Polling of mailboxes: what has arrived in a connected mailbox is read every five minutes, and what belongs to a lead
//! is ingested like a provider's webhook.
//!
//! **Finding the work.** Each mailbox that is read has one due hint, or one message of the queue `mailboxes`, at the
//! `next_at` of its reading (`domain/workspace/mailbox_reading.rs`). The hint of the next poll is written before the
//! reading says that it waits, and the queue keeps its message until then, so no mailbox is forgotten. A message that
//! comes too early finds that it is not due and ends: hints never multiply.
//!
//! A message may end among the dead letters all the same. So once in a quarter of an hour, whoever takes the lease puts
//! a second hint, which finds that the mailbox was read, or that it is time to read it.
//!
//! **One function a mailbox.** Whoever reads takes a lease on the reading by a conditional save. Another message comes back
//! when that lease has ended, and mostly finds that it is not due any more.
//!
//! **What is kept.** A poll reports headers (`ports/mailboxes.rs`). `matching.rs` decides by them alone whether a mail
//! belongs to a lead, answers one of our messages, or says that a mail came back. Only then it is fetched whole, put
//! into the bucket, and named by an event on the `inbound` queue. Of all other mails nothing is stored or logged.
//!
//! **A page that breaks off,** for a failure or because time is up, is read again. What of it is handed over already is
//! remembered in the reading and left out. A mail that cannot be read is given up after three polls (`page.rs`).
//!
//! **A crash.** The cursor is saved after the events of its page are queued. A function that breaks off in between makes the
//! next poll report the page again: the same event ids, the same bucket keys, and ingesting changes nothing twice.
//!
//! **A failure** delays the next poll more and more. It is shown at the account and its users are told, at once where a
//! user has to do something, else when messages begin to wait (`sending/admission.rs` lets no step leave a mailbox that
//! was not read for 15 minutes).

mod health;
mod matching;
mod page;
mod ports;
mod push;
mod skipped;

pub use crate::mailbox_polling::ports::PollPorts;

use crate::mailbox_polling::health::{note_read, note_trouble};
use crate::mailbox_polling::page::HandedOver;
use crate::ports::due::{DueWork, Hint};
use crate::ports::mailboxes::{MailboxCursor, PollLimits};
use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::{StoreError, StoreResult, found};
use crate::queue_messages::PollMailbox;
use crate::workspace::account_grant::GrantPorts;
use crate::workspace::read_mailbox::{MailboxRead, begin_reading, not_read, read_mailbox};
use domain::workspace::mailbox_reading::{MailboxReading, ReadingLease};
use jiff::{SignedDuration, Timestamp};

/// The most pages that one poll reads; what is left is read by the next, at once.
const MOST_PAGES: usize = 6;
/// How long a poll may begin further pages, well within its lease.
const READING_TIME: SignedDuration = SignedDuration::from_secs(45);
/// How long a poll may begin to ask for further mails: the last one takes 25 seconds at most, and the function ends after
/// 110.
const HANDING_TIME: SignedDuration = SignedDuration::from_secs(75);

/// The wait of a noticed mailbox that is being read: it is read again right after.
const NOTICED_WAIT: SignedDuration = SignedDuration::from_secs(15);

/// What becomes of the queue message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Polled {
    Done,
    /// Another function reads the mailbox: the message comes back after so long.
    Again {
        after: SignedDuration,
    },
}

/// Reads the mailbox if it is time for it, or if messages wait for it.
pub async fn poll_mailbox(ports: &PollPorts, message: &PollMailbox) -> StoreResult<Polled> {
    let (workspace, id) = (&message.workspace, &message.account);
    let (account, mailbox) = match readable(ports, message).await? {
        Readable::Now(account, mailbox) => (*account, mailbox),
        // When it can be read again it is asked for again (`read_anew`), and goes on where it stopped.
        Readable::Off => return Ok(Polled::Done),
        Readable::Gone => {
            ports.mailbox_readings.forget(workspace, id).await?;
            return Ok(Polled::Done);
        }
    };
    let now = ports.clock.now();
    let mut reading = match ports.mailbox_readings.get(workspace, id).await? {
        Some(known) if known.mailbox == mailbox => known,
        Some(known) => known.moved_to(mailbox, now),
        None => MailboxReading::begin(workspace.clone(), id.clone(), mailbox, now),
    };
    match reading.take_lease(now, message.noticed) {
        ReadingLease::NotDue => return Ok(Polled::Done),
        ReadingLease::Held { until } => {
            let after = until.duration_since(now);
            // The lease mostly ends within seconds.
            let after = if message.noticed.is_some() { after.min(NOTICED_WAIT) } else { after };
            return Ok(Polled::Again { after });
        }
        ReadingLease::Taken => {}
    }
    if let Some(noticed) = message.noticed {
        reading.note_push_news(noticed.news, now);
    }
    if let Some(at) = reading.plan_safety(now) {
        let what = DueWork::PollMailbox { workspace: workspace.clone(), account: id.clone() };
        ports.due.put(&[Hint { at, what }]).await?;
    }
    match ports.mailbox_readings.save(&reading).await {
        Ok(rev) => reading.rev = rev,
        Err(StoreError::Conflict) => return Ok(Polled::Again { after: SignedDuration::from_secs(10) }),
        Err(other) => return Err(other),
    }
    let mut polling = Polling { ports, account, reading };
    let told = polling.read().await?;
    if matches!(told, Told::Read { .. } | Told::MailsWait) {
        push::keep_subscribed(ports, &polling.account, &mut polling.reading).await;
    }
    polling.end(told).await?;
    Ok(Polled::Done)
}

/// Tells whether the mailbox of an account can be read.
enum Readable {
    /// It can, under this name.
    Now(Box<OpenAccount>, String),
    /// The account is switched off, or names no mailbox at present. How far it was read stays known.
    Off,
    /// The account was deleted.
    Gone,
}

async fn readable(
    ports: &PollPorts,
    PollMailbox { workspace, account, .. }: &PollMailbox,
) -> StoreResult<Readable> {
    let Some(account) = found(ports.accounts.get(workspace, account).await)? else {
        return Ok(Readable::Gone);
    };
    let mailbox = ports.mailbox_reader.mailbox_of(&account.settings).filter(|_| account.enabled);
    let Some(mailbox) = mailbox else { return Ok(Readable::Off) };
    match ports.vault.open(&account.workspace, &account.id, &account.sealed_secret) {
        Ok(secret) => Ok(Readable::Now(Box::new(OpenAccount { account, secret }), mailbox)),
        Err(bad) => Err(StoreError::Corrupt { key: account.id.to_string(), why: bad.to_string() }),
    }
}

/// A poll that holds the lease.
struct Polling<'a> {
    ports: &'a PollPorts,
    account: OpenAccount,
    reading: MailboxReading,
}

/// How a poll ends.
enum Told {
    /// Pages were read; `is_all` tells whether nothing waits any more.
    Read {
        is_all: bool,
    },
    /// Some mails of a page could not be read, and are tried again.
    MailsWait,
    /// Nothing is wrong, and nothing is answered before `until`.
    NotBefore {
        until: Timestamp,
    },
    Failed {
        detail: String,
        needs_a_person: bool,
    },
    Gone,
}

impl From<MailboxRead> for Told {
    fn from(read: MailboxRead) -> Self {
        match read {
            MailboxRead::NotBefore { until } => Self::NotBefore { until },
            MailboxRead::Refused { detail } => Self::Failed { detail, needs_a_person: true },
            MailboxRead::Unreachable(error) => {
                Self::Failed { detail: error.to_string(), needs_a_person: false }
            }
            MailboxRead::Gone => Self::Gone,
            // Both are handled before; reading on at once is right for either.
            MailboxRead::Read(..) | MailboxRead::CursorVoid => Self::Read { is_all: false },
        }
    }
}

impl Polling<'_> {
    /// Reads page after page, and hands over what belongs to a lead.
    async fn read(&mut self) -> StoreResult<Told> {
        let started_at = self.ports.clock.now();
        for _ in 0..MOST_PAGES {
            let asked_at = self.ports.clock.now();
            if asked_at.duration_since(started_at) > READING_TIME {
                break;
            }
            let cursor = match &self.reading.cursor {
                Some(cursor) => MailboxCursor(cursor.clone()),
                None => match self.begin().await? {
                    Ok(cursor) => cursor,
                    Err(told) => return Ok(told),
                },
            };
            let (grants, reader) = (GrantPorts::from(self.ports), &*self.ports.mailbox_reader);
            let limits = PollLimits::default();
            let (poll, used) =
                match read_mailbox(&grants, reader, self.account.clone(), &cursor, limits).await? {
                    MailboxRead::Read(poll, used) => (poll, used),
                    MailboxRead::CursorVoid => {
                        // Reading begins anew where it was last complete; what is reported twice is recognised.
                        self.reading.cursor = None;
                        self.reading.forget_page();
                        continue;
                    }
                    other => return Ok(other.into()),
                };
            self.account = *used;
            let (reading, until) = (&mut self.reading, started_at + HANDING_TIME);
            match page::hand_over(self.ports, &self.account, reading, &poll, until).await? {
                Ok(HandedOver::All) => {}
                Ok(HandedOver::Part) => return Ok(Told::Read { is_all: false }),
                Ok(HandedOver::Waits) => return Ok(Told::MailsWait),
                Err(error) => return Ok(not_read(error).into()),
            }
            let is_complete = poll.is_complete();
            self.reading.note_page(poll.cursor.0, is_complete, asked_at);
            // An empty page is saved at the end of the poll.
            if !poll.mails.is_empty() {
                self.reading.rev = self.ports.mailbox_readings.save(&self.reading).await?;
            }
            if let (false, Some(problem)) = (poll.more, poll.problems.first()) {
                let detail = format!("The folder {} cannot be read: {}", problem.folder, problem.detail);
                return Ok(Told::Failed { detail, needs_a_person: false });
            }
            if !poll.more {
                return Ok(Told::Read { is_all: true });
            }
        }
        Ok(Told::Read { is_all: false })
    }

    async fn begin(&mut self) -> StoreResult<Result<MailboxCursor, Told>> {
        let since = self.reading.complete_at.unwrap_or(self.reading.since);
        let (grants, reader) = (GrantPorts::from(self.ports), &*self.ports.mailbox_reader);
        Ok(match begin_reading(&grants, reader, self.account.clone(), since).await? {
            Ok((cursor, used)) => {
                self.account = *used;
                Ok(cursor)
            }
            Err(read) => Err(read.into()),
        })
    }

    /// Writes the next hint, then the reading that waits for it.
    async fn end(mut self, told: Told) -> StoreResult<()> {
        let now = self.ports.clock.now();
        match told {
            Told::Gone => {
                let MailboxReading { workspace, account, .. } = &self.reading;
                return self.ports.mailbox_readings.forget(workspace, account).await;
            }
            Told::Read { is_all } => {
                self.reading.note_read(is_all, now);
                note_read(self.ports, &self.account, now).await?;
            }
            Told::MailsWait => {
                self.reading.note_mails_wait(now);
                note_read(self.ports, &self.account, now).await?;
            }
            Told::NotBefore { until } => self.reading.note_not_before(until.max(now)),
            Told::Failed { detail, needs_a_person } => {
                tracing::warn!(account.id = %self.account.id, needs_a_person, "a mailbox could not be read");
                if self.reading.note_failure(&detail, needs_a_person, now) {
                    note_trouble(self.ports, &self.account, &self.reading, now).await?;
                }
            }
        }
        let MailboxReading { workspace, account, next_at, .. } = &self.reading;
        let what = DueWork::PollMailbox { workspace: workspace.clone(), account: account.clone() };
        self.ports.due.put(&[Hint { at: *next_at, what }]).await?;
        self.ports.mailbox_readings.save(&self.reading).await.map(drop)
    }
}
