//! The servers of ordinary mailboxes, which answer as a test says and count their calls.

use async_trait::async_trait;
use mailbox_fakes::{ImapAccount, serve_imap};
use providers::transport::{
    Imap, ImapLimits, ImapSession, ImapTarget, MailboxFailure, PipeImap, SentCopy, Smtp, SmtpEnvelope,
    SmtpFailure, SmtpReply, SmtpStage, SmtpTarget,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

type Takes = Box<dyn Fn(&SmtpEnvelope) -> Result<SmtpReply, SmtpFailure> + Send>;
type Knows = Box<dyn Fn(&SmtpTarget) -> Result<(), SmtpFailure> + Send>;
type Shows = Box<dyn Fn(&ImapTarget, &str) -> Result<SentCopy, MailboxFailure> + Send>;

pub struct MailServers {
    takes: Mutex<Takes>,
    knows: Mutex<Knows>,
    shows: Mutex<Shows>,
    holds: Mutex<Option<Arc<ImapAccount>>>,
    /// The numbers of mails submitted, of logins without a mail, and of searches in the sent folder.
    pub brought: AtomicUsize,
    pub logged_in: AtomicUsize,
    pub asked: AtomicUsize,
}

impl Default for MailServers {
    fn default() -> Self {
        Self {
            takes: Mutex::new(Box::new(|_| {
                Err(SmtpFailure::broken(SmtpStage::Connect, "no mail server was set up"))
            })),
            knows: Mutex::new(Box::new(|_| {
                Err(SmtpFailure::broken(SmtpStage::Connect, "no mail server was set up"))
            })),
            shows: Mutex::new(Box::new(|_, _| {
                Err(MailboxFailure::HungUp("no mail server was set up".to_owned()))
            })),
            holds: Mutex::default(),
            brought: AtomicUsize::default(),
            logged_in: AtomicUsize::default(),
            asked: AtomicUsize::default(),
        }
    }
}

impl MailServers {
    pub fn take(&self, takes: impl Fn(&SmtpEnvelope) -> Result<SmtpReply, SmtpFailure> + Send + 'static) {
        *self.takes.lock().expect("no test panics here") = Box::new(takes);
    }

    /// Sets the answer to a login that submits no mail.
    pub fn know(&self, knows: impl Fn(&SmtpTarget) -> Result<(), SmtpFailure> + Send + 'static) {
        *self.knows.lock().expect("no test panics here") = Box::new(knows);
    }

    /// Sets the answer to a search in the folder of sent mail.
    pub fn show(
        &self,
        shows: impl Fn(&ImapTarget, &str) -> Result<SentCopy, MailboxFailure> + Send + 'static,
    ) {
        *self.shows.lock().expect("no test panics here") = Box::new(shows);
    }

    /// Sets the mailbox that is read by IMAP, or takes the server of it off the line.
    pub fn hold(&self, mailbox: Option<Arc<ImapAccount>>) {
        *self.holds.lock().expect("no test panics here") = mailbox;
    }

    pub fn calls(&self) -> (usize, usize) {
        (self.brought.load(Ordering::Relaxed), self.asked.load(Ordering::Relaxed))
    }
}

#[async_trait]
impl Smtp for MailServers {
    async fn deliver(
        &self,
        _: &SmtpTarget,
        envelope: &SmtpEnvelope,
        _: &[u8],
    ) -> Result<SmtpReply, SmtpFailure> {
        self.brought.fetch_add(1, Ordering::Relaxed);
        self.takes.lock().expect("no test panics here")(envelope)
    }

    async fn log_in(&self, target: &SmtpTarget, _: &str) -> Result<(), SmtpFailure> {
        self.logged_in.fetch_add(1, Ordering::Relaxed);
        self.knows.lock().expect("no test panics here")(target)
    }
}

#[async_trait]
impl Imap for MailServers {
    async fn open(&self, target: &ImapTarget, limits: ImapLimits) -> Result<ImapSession, MailboxFailure> {
        let held = self.holds.lock().expect("no test panics here").clone();
        let Some(mailbox) = held else {
            return Err(MailboxFailure::HungUp("no mail server is there".to_owned()));
        };
        let dialled = PipeImap::new(move |_| {
            let (ours, theirs) = tokio::io::duplex(64 * 1024);
            let mailbox = mailbox.clone();
            // The client may leave in the middle of an answer.
            tokio::spawn(async move { serve_imap(&*mailbox, theirs).await.ok() });
            Ok(ours)
        });
        dialled.open(target, limits).await
    }

    async fn find_sent(&self, target: &ImapTarget, message_id: &str) -> Result<SentCopy, MailboxFailure> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.shows.lock().expect("no test panics here")(target, message_id)
    }
}
