//! One IMAP conversation, from the greeting to the farewell, on any stream: a socket, TLS on a socket, a pipe. Folders
//! are opened by `EXAMINE` and mails read by `BODY.PEEK`, so nothing in the mailbox changes, not even what is unread.

use crate::Limits;
use crate::connection::{Command, Connection};
use crate::mailbox_failure::MailboxFailure;
use crate::response::{Data, Status, StatusKind, words};
use std::collections::BTreeSet;
use tokio::io::{AsyncRead, AsyncWrite};

/// A conversation with a server. Time limits are the caller's: a call may be dropped at any moment, and the session
/// then refuses every later one.
pub struct Session<S> {
    pub(crate) connection: Connection<S>,
    capabilities: Option<BTreeSet<String>>,
    pub(crate) logged_in: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Waits for the server's greeting, on a stream that is fresh or under TLS from its first byte.
    pub async fn greet(stream: S, limits: Limits) -> Result<Self, MailboxFailure> {
        let mut session = Self::after_tls(stream, limits);
        let status = session.connection.greeting().await?;
        session.logged_in = status.kind == StatusKind::PreAuth;
        session.learn(&status);
        Ok(session)
    }

    /// Asks the server to encrypt, and returns the stream for the TLS handshake; `after_tls` goes on with it. A server
    /// that has logged us in already is refused: nothing that it said in the clear can be trusted.
    pub async fn start_tls(mut self) -> Result<S, MailboxFailure> {
        if self.logged_in || !self.has("STARTTLS").await? {
            return Err(MailboxFailure::NoTls);
        }
        self.connection.run(Command::new("STARTTLS", "")).await?.accepted()?;
        self.connection.into_stream()
    }

    /// Goes on under TLS, where no second greeting comes.
    pub fn after_tls(stream: S, limits: Limits) -> Self {
        Self { connection: Connection::new(stream, limits), capabilities: None, logged_in: false }
    }

    /// Tells the server which program this is. A few servers open no folder before.
    pub async fn identify(&mut self, name: &str) -> Result<(), MailboxFailure> {
        if self.has("ID").await? {
            let command = Command::new("ID", "(\"name\"").string(name).word(")");
            self.connection.run(command).await?;
        }
        Ok(())
    }

    /// Says farewell. What was read stands without it, so no failure is worth a report.
    pub async fn log_out(mut self) {
        drop(self.connection.run(Command::new("LOGOUT", "")).await);
    }

    /// Returns how much the server has sent in this conversation.
    pub fn bytes_read(&self) -> usize {
        self.connection.bytes_read()
    }

    pub(crate) async fn has(&mut self, name: &str) -> Result<bool, MailboxFailure> {
        if self.capabilities.is_none() {
            let data = self.connection.run(Command::new("CAPABILITY", "")).await?.accepted()?;
            let told = data.into_iter().filter_map(|data| match data {
                Data::Capabilities(told) => Some(told),
                _ => None,
            });
            self.capabilities = Some(told.flatten().collect());
        }
        Ok(self.capabilities.as_ref().is_some_and(|known| known.contains(name)))
    }

    /// Keeps the capabilities that a status brings along; before a login they are others than after it.
    pub(crate) fn learn(&mut self, status: &Status) {
        let told = status.argument_of("CAPABILITY");
        self.capabilities = told.map(|told| words(told.as_bytes()).into_iter().collect());
    }
}
