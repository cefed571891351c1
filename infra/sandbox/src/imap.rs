//! The mailboxes behind the mail server, read by IMAP. The user of the mail server has one, which keeps what it accepts
//! among the sent mails; so has every other address, with the same password. Mail for an address arrives in its mailbox
//! once it has been read there, and by the webhook of inbound mail before: nobody has two ways.

use jiff::Timestamp;
use mailbox_fakes::{ImapHost, ImapMailbox, ImapOffers, serve_imap};
use serde::{Deserialize, Serialize};
use std::io;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::doors::Provider;
use crate::sandbox::Sandbox;

/// The mailbox of one address.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ImapBox {
    mailbox: ImapMailbox,
    /// Whether the inbox was opened.
    is_read: bool,
}

impl Sandbox {
    /// Speaks IMAP on one connection until LOGOUT or its end.
    pub async fn serve_imap<S>(&self, mut stream: S) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        if self.turns_away(Provider::Imap) {
            stream.write_all(b"* BYE [UNAVAILABLE] down for maintenance\r\n").await?;
            return stream.flush().await;
        }
        serve_imap(self, stream).await
    }

    /// Accepts connections for ever; ends with the listener's error.
    pub async fn listen_imap(&self, listener: TcpListener) -> io::Result<()> {
        loop {
            let (stream, _) = listener.accept().await?;
            let sandbox = self.clone();
            tokio::spawn(async move {
                if let Err(error) = sandbox.serve_imap(stream).await {
                    tracing::debug!(%error, "IMAP connection ended");
                }
            });
        }
    }

    /// Tells whether this is a user of the mail server, for sending and for reading.
    pub(crate) fn is_mail_login(&self, user: &str, password: &str) -> bool {
        let is_user = user == self.config().credentials.smtp_user || user.contains('@');
        is_user && password == self.secrets().smtp_password
    }

    fn with_box<T>(&self, user: &str, work: impl FnOnce(&mut ImapBox) -> T) -> T {
        let user = user.to_lowercase();
        let mut world = self.world();
        let new = || ImapBox { mailbox: ImapMailbox::new(&self.config().imap.sent_folder), is_read: false };
        work(world.imap.entry(user).or_insert_with(new))
    }

    /// Puts a mail into the mailbox of this address. False: nobody reads it there.
    pub(crate) fn arrives_in_imap(&self, address: &str, raw: &str, at: Timestamp) -> bool {
        let mut world = self.world();
        let Some(held) = world.imap.get_mut(&address.to_lowercase()).filter(|held| held.is_read) else {
            return false;
        };
        held.mailbox.deliver("INBOX", raw.as_bytes(), at);
        true
    }

    /// Keeps a copy of a mail that a user of the mail server has sent.
    pub(crate) fn keep_sent(&self, user: &str, raw: &[u8], at: Timestamp) {
        self.with_box(user, |held| held.mailbox.send_by_hand(&kept(raw), at));
    }

    /// Puts a mail into the sent folder of an address, as a user does who writes it in a mail program.
    pub fn write_by_hand(&self, address: &str, raw: &[u8]) {
        let now = self.now();
        self.with_box(address, |held| held.mailbox.send_by_hand(raw, now));
    }
}

impl Sandbox {
    /// Numbers the inbox of this address anew, under another UIDVALIDITY.
    pub(crate) fn number_imap_anew(&self, address: &str) {
        self.with_box(address, |held| held.mailbox.number_anew("INBOX"));
    }

    /// Moves the newest mail in the inbox of this address to junk, as a filter does that comes late.
    pub fn move_newest_to_junk(&self, address: &str) {
        self.with_box(address, |held| held.mailbox.move_newest("INBOX", "Junk"));
    }
}

/// What is kept of a sent mail: the headers that its finder goes by, because nobody reads more of it here.
const KEPT: [&str; 6] = ["from", "to", "subject", "date", "message-id", "x-leadflow-message"];

fn kept(raw: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(raw);
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    let mut is_kept = false;
    let lines = head.split("\r\n").filter(|line| {
        if !line.starts_with([' ', '\t']) {
            let name = line.split(':').next().unwrap_or_default();
            is_kept = KEPT.iter().any(|known| name.eq_ignore_ascii_case(known));
        }
        is_kept
    });
    format!("{}\r\n\r\n", lines.collect::<Vec<_>>().join("\r\n")).into_bytes()
}

impl ImapHost for Sandbox {
    fn offers(&self) -> ImapOffers {
        let rules = &self.config().imap;
        ImapOffers { special_use: rules.special_use, auth_plain: rules.auth_plain }
    }

    fn lets_in(&self, user: &str, password: &str) -> bool {
        self.is_mail_login(user, password)
    }

    fn with_mailbox(&self, user: &str, work: &mut dyn FnMut(&mut ImapMailbox)) {
        self.with_box(user, |held| work(&mut held.mailbox));
    }

    fn opened(&self, user: &str, folder: &str) {
        if folder.eq_ignore_ascii_case("INBOX") {
            self.with_box(user, |held| held.is_read = true);
        }
    }

    fn handed_out(&self, raw: &str) {
        self.note_read(raw.as_bytes());
    }
}
