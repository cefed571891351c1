//! The IMAP transport without sockets: the host hands out one end of a pipe, and a server answers at the other.

use super::imap::{Imap, ImapSession, ImapTarget, boxed};
use async_trait::async_trait;
use mailbox_reader::{Limits, MailboxFailure, Session};
use std::io;
use tokio::io::DuplexStream;

type Dial = dyn Fn(&ImapTarget) -> io::Result<DuplexStream> + Send + Sync;

/// The transport. `dial` is called once a question and returns the client's end; an error is a refused connection.
pub struct PipeImap {
    dial: Box<Dial>,
}

impl PipeImap {
    pub fn new(dial: impl Fn(&ImapTarget) -> io::Result<DuplexStream> + Send + Sync + 'static) -> Self {
        Self { dial: Box::new(dial) }
    }
}

#[async_trait]
impl Imap for PipeImap {
    /// Connects. Nothing leaves the process, so the target's encryption is ignored; its login is not.
    async fn open(&self, target: &ImapTarget, limits: Limits) -> Result<ImapSession, MailboxFailure> {
        let stream = (self.dial)(target).map_err(MailboxFailure::Unreachable)?;
        Session::greet(boxed(stream), limits).await
    }
}
