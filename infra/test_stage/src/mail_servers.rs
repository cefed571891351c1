//! The servers of ordinary mailboxes, which answer as a test says and count their calls.

use async_trait::async_trait;
use providers::transport::{
    Imap, ImapFailure, ImapTarget, SentCopy, Smtp, SmtpEnvelope, SmtpFailure, SmtpReply, SmtpStage,
    SmtpTarget,
};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

type Takes = Box<dyn Fn(&SmtpEnvelope) -> Result<SmtpReply, SmtpFailure> + Send>;
type Knows = Box<dyn Fn(&SmtpTarget) -> Result<(), SmtpFailure> + Send>;
type Shows = Box<dyn Fn(&ImapTarget, &str) -> Result<SentCopy, ImapFailure> + Send>;

pub struct MailServers {
    takes: Mutex<Takes>,
    knows: Mutex<Knows>,
    shows: Mutex<Shows>,
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
            shows: Mutex::new(Box::new(|_, _| Err(ImapFailure::broken("no mail server was set up")))),
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
    pub fn show(&self, shows: impl Fn(&ImapTarget, &str) -> Result<SentCopy, ImapFailure> + Send + 'static) {
        *self.shows.lock().expect("no test panics here") = Box::new(shows);
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
    async fn find_sent(&self, target: &ImapTarget, message_id: &str) -> Result<SentCopy, ImapFailure> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.shows.lock().expect("no test panics here")(target, message_id)
    }
}
