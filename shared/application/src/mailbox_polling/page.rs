//! Hands one page of a poll over: what belongs to a lead is put into the bucket and named on the `inbound` queue.
//!
//! **A mail that cannot be read** does not keep the others back, and does not keep its page back for long. A poll asks for it
//! twice. If both fail although the mailbox answers other questions, the reading counts one poll that failed at it, and the
//! page is read again a few minutes later. From the third one on its beginning is asked for instead. If that is not handed out
//! either, it is skipped, and users are told. A refused login, a server that is busy or out of reach, and a connection that is
//! lost once are no failure of a mail, and count nothing.

use crate::ingesting::large_payloads;
use crate::mailbox_polling::matching::{Matched, matched};
use crate::mailbox_polling::ports::PollPorts;
use crate::mailbox_polling::skipped::tell_skipped;
use crate::ports::mailboxes::{MailFetcher, MailReference, MailboxError, MailboxPoll, NewMail, WholeMail};
use crate::ports::outbox::send_all;
use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::StoreResult;
use crate::queue_messages::IngestEvent;
use domain::workspace::mailbox_reading::MailboxReading;
use domain::workspace::own_addresses::OwnAddresses;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// The largest mail that is read whole; of a larger one its beginning, where the words are.
const LARGEST_MAIL: usize = 8 * 1024 * 1024;
/// What is read of a mail that cannot be read whole: its headers, and a text without attachments.
const BEGINNING: usize = 256 * 1024;

/// Whether a page was handed over up to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HandedOver {
    All,
    /// Time is up: the page is read again, without what is handed over already.
    Part,
    /// Some of its mails could not be read. The page is read again a little later, for their sake.
    Waits,
}

/// Queues an event for each mail of the page that belongs to a lead, and remembers it in the reading. An error means that
/// the page has to be read again.
pub(super) async fn hand_over(
    ports: &PollPorts,
    account: &OpenAccount,
    reading: &mut MailboxReading,
    poll: &MailboxPoll,
    until: Timestamp,
) -> StoreResult<Result<HandedOver, MailboxError>> {
    if poll.mails.is_empty() && poll.unreadable.is_empty() {
        return Ok(Ok(HandedOver::All));
    }
    let accounts = ports.accounts.list(&account.workspace).await?;
    let own = OwnAddresses::of(&accounts, &[]);
    let fetcher = match ports.mailbox_reader.fetcher(account, LARGEST_MAIL) {
        Ok(fetcher) => fetcher,
        Err(error) => return Ok(Err(error)),
    };
    let mut page = Page { ports, account, reading, own, fetcher, until, waits: false };
    let handed_over = page.hand_over(poll).await;
    if !matches!(handed_over, Ok(Err(_))) {
        page.fetcher.close().await;
    }
    handed_over
}

/// A page that is handed over.
struct Page<'a> {
    ports: &'a PollPorts,
    account: &'a OpenAccount,
    reading: &'a mut MailboxReading,
    /// The addresses of the workspace's mailboxes.
    own: OwnAddresses,
    fetcher: Box<dyn MailFetcher + 'a>,
    /// No mail is asked for later.
    until: Timestamp,
    /// Whether a mail is tried again by the next poll.
    waits: bool,
}

/// What came of the question for one mail.
enum Fetched {
    Mail(Option<WholeMail>),
    /// The mail was not handed out, twice, although the mailbox answered.
    Fails,
    /// There was no time for the second try.
    TimeIsUp,
}

impl Page<'_> {
    async fn hand_over(&mut self, poll: &MailboxPoll) -> StoreResult<Result<HandedOver, MailboxError>> {
        let mut mails: Vec<&NewMail> = poll.mails.iter().collect();
        for mail in &poll.unreadable {
            let digest = digest_of(&mail.reference);
            if self.reading.handed_over.contains(&digest) {
                continue;
            }
            // One whose headers were counted often enough is tried by what is known of it.
            if !self.reading.is_tried_enough(&digest) {
                self.reading.note_mail_failed(&digest);
            }
            match self.reading.is_tried_enough(&digest) {
                false => self.waits = true,
                true if mail.headers.is_empty() => self.skip((mail, digest), None).await?,
                true => mails.push(mail),
            }
        }
        // Those that polls have failed at come last: they take long, and the others do not wait for them.
        mails.sort_by_key(|mail| self.reading.is_failing(&digest_of(&mail.reference)));
        for mail in mails {
            match self.hand_over_mail(mail).await? {
                Ok(true) => {}
                Ok(false) => return Ok(Ok(HandedOver::Part)),
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(if self.waits { HandedOver::Waits } else { HandedOver::All }))
    }

    /// Returns false if time is up.
    async fn hand_over_mail(&mut self, mail: &NewMail) -> StoreResult<Result<bool, MailboxError>> {
        let digest = digest_of(&mail.reference);
        if self.reading.handed_over.contains(&digest) {
            return Ok(Ok(true));
        }
        let Some(how) = matched(self.ports, &self.account.workspace, &self.own, mail).await? else {
            return Ok(Ok(true));
        };
        if self.ports.clock.now() > self.until {
            return Ok(Ok(false));
        }
        let mut fetched = Fetched::Fails;
        if !self.reading.is_tried_enough(&digest) {
            fetched = match self.fetch(mail, Extent::Whole).await {
                Ok(fetched) => fetched,
                Err(error) => return Ok(Err(error)),
            };
            if matches!(fetched, Fetched::Fails) {
                self.reading.note_mail_failed(&digest);
                if !self.reading.is_tried_enough(&digest) {
                    self.waits = true;
                    return Ok(Ok(true));
                }
            }
        }
        if matches!(fetched, Fetched::Fails) {
            fetched = match self.fetch(mail, Extent::Beginning).await {
                Ok(fetched) => fetched,
                Err(error) => return Ok(Err(error)),
            };
        }
        match fetched {
            Fetched::Mail(Some(whole)) => {
                hand_over_one(self.ports, self.account, (mail, how.is_by_hand), whole).await?;
                self.reading.note_handed_over(digest);
            }
            // It was deleted since.
            Fetched::Mail(None) => {}
            Fetched::Fails => self.skip((mail, digest), Some(&how)).await?,
            Fetched::TimeIsUp => return Ok(Ok(false)),
        }
        Ok(Ok(true))
    }

    /// Asks for a mail, and once more if it is not handed out: a connection that was lost is made anew for that.
    async fn fetch(&mut self, mail: &NewMail, extent: Extent) -> Result<Fetched, MailboxError> {
        for _ in 0..2 {
            if self.ports.clock.now() > self.until {
                return Ok(Fetched::TimeIsUp);
            }
            let asked = match extent {
                Extent::Whole => self.fetcher.fetch(&mail.reference).await,
                Extent::Beginning => self.fetcher.fetch_beginning(mail, BEGINNING).await,
            };
            match asked {
                Ok(mail) => return Ok(Fetched::Mail(mail)),
                // What the server says may hold words of the mail.
                Err(MailboxError::MailFails(_)) => {
                    tracing::warn!(account.id = %self.account.id, "a mail is not handed out");
                }
                Err(other) => return Err(other),
            }
        }
        Ok(Fetched::Fails)
    }

    /// Tells users of a mail that cannot be read, and leaves it out.
    async fn skip(&mut self, (mail, digest): (&NewMail, String), how: Option<&Matched>) -> StoreResult<()> {
        tell_skipped(self.ports, self.account, (mail, &digest), how).await?;
        self.reading.note_handed_over(digest);
        Ok(())
    }
}

/// How much of a mail is asked for.
#[derive(Clone, Copy)]
enum Extent {
    Whole,
    Beginning,
}

/// Returns what a mail is remembered by until its page is read.
fn digest_of(reference: &MailReference) -> String {
    hex::encode(&Sha256::digest(&reference.0)[..8])
}

async fn hand_over_one(
    ports: &PollPorts,
    account: &OpenAccount,
    (mail, is_by_hand): (&NewMail, bool),
    whole: WholeMail,
) -> StoreResult<()> {
    let now = ports.clock.now();
    let name = mail.reference.event_id();
    let blob = large_payloads::payload(&account.workspace, &account.id, &name);
    ports.blobs.put(&blob, "message/rfc822", whole.bytes).await?;
    let event = IngestEvent::Mail {
        workspace: account.workspace.clone(),
        account: account.id.clone(),
        event_id: name,
        received_at: mail.received_at.map_or(now, |at| at.min(now)),
        is_by_hand,
        blob,
    };
    send_all(&*ports.outbox, &[event], 0).await
}
