//! The IMAP transport without sockets: the host hands out one end of a pipe, and a server answers at the other.

use super::imap_link::ImapLink;
use super::imap_session::find_sent;
use super::{Imap, ImapFailure, ImapTarget, SentCopy};
use async_trait::async_trait;
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
    /// Looks for the mail. Nothing leaves the process, so the target's encryption is ignored; its login is not.
    async fn find_sent(&self, target: &ImapTarget, message_id: &str) -> Result<SentCopy, ImapFailure> {
        let mut link = ImapLink::new((self.dial)(target).map_err(ImapFailure::broken)?);
        link.greeting().await?;
        find_sent(link, target, message_id).await
    }
}
