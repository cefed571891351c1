//! The transports: `Http`, `Web`, `Smtp` and `Imap`. They send or ask once, never retry, and tell how far they got.

mod imap;
mod in_process_http;
mod lettre_smtp;
mod line_reader;
mod not_reached;
mod pipe_imap;
mod pipe_smtp;
mod public_web;
mod reach;
mod reqwest_http;
mod smtp_session;
mod socket_imap;
mod web;
mod web_address;

pub use imap::{Imap, ImapSession, ImapStream, ImapTarget, SentCopy};
pub(crate) use imap::{bye, enter, in_time};
pub use in_process_http::InProcessHttp;
pub use lettre_smtp::LettreSmtp;
pub use mailbox_reader::{Limits as ImapLimits, MailboxFailure};
pub use not_reached::{chain, not_reached};
pub use pipe_imap::PipeImap;
pub use pipe_smtp::PipeSmtp;
pub use public_web::PublicWeb;
#[cfg(test)]
pub(crate) use public_web::{NameLookup, PublicNames};
pub use reach::Reach;
pub(crate) use reqwest_http::AnswerTooLarge;
pub use reqwest_http::{ReqwestHttp, install_tls};
pub use socket_imap::SocketImap;
pub use web::{InProcessWeb, Web, WebError, WebLimits, WebRequest, WebResponse};
pub use web_address::{RefusedAddress, WebAddress};

use application::ports::store::BoxError;
use async_trait::async_trait;
use domain::workspace::account::SmtpSecurity;
use std::fmt;
use std::time::Duration;

/// The longest delivery: within this time a message is accepted, refused or given up, by any transport.
pub const LONGEST_DELIVERY: Duration = if smtp_session::DELIVERY.as_secs() > reqwest_http::TOTAL.as_secs() {
    smtp_session::DELIVERY
} else {
    reqwest_http::TOTAL
};

#[async_trait]
pub trait Http: Send + Sync {
    /// Sends one request and returns one response of any status. MUST NOT follow redirects nor repeat anything.
    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, TransportError>;
}

/// The error of a missing response. Sources never name the URL: some providers take their key in it.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// Nothing was written: the provider knows nothing of it.
    #[error("the provider was not reached")]
    NotSent(#[source] BoxError),
    /// Something was written, and no whole response came back.
    #[error("the provider's answer was lost")]
    Ambiguous(#[source] BoxError),
}

#[async_trait]
pub trait Smtp: Send + Sync {
    /// Delivers one message to one recipient. `message` has CRLF line ends, before dot-stuffing, and is seven-bit but
    /// for the addresses in its head. MUST NOT send an envelope with `utf8` to a server that does not announce
    /// SMTPUTF8.
    async fn deliver(
        &self,
        target: &SmtpTarget,
        envelope: &SmtpEnvelope,
        message: &[u8],
    ) -> Result<SmtpReply, SmtpFailure>;

    /// Connects, encrypts, logs in and says goodbye. `from` is the account's own address. MUST NOT use a connection
    /// that was opened before.
    async fn log_in(&self, target: &SmtpTarget, from: &str) -> Result<(), SmtpFailure>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpTarget {
    pub host: String,
    pub port: u16,
    pub security: SmtpSecurity,
    /// The user name; empty for no `AUTH`.
    pub username: String,
    pub password: Secret,
}

/// The envelope: addresses without angle brackets, their domains in ASCII. Its `Debug` shows domains only.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpEnvelope {
    pub from: String,
    pub to: String,
    /// Whether an address in it, or in the message's head, has letters beyond ASCII before the @.
    pub utf8: bool,
}

impl fmt::Debug for SmtpEnvelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let domain = |address: &str| address.rsplit_once('@').map_or("", |(_, d)| d).to_owned();
        write!(f, "SmtpEnvelope(…@{} → …@{})", domain(&self.from), domain(&self.to))
    }
}

/// A password or key on its way to the wire; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpReply {
    pub code: u16,
    /// The lines joined by line feeds, without the code.
    pub text: String,
}

/// The stage at which the session failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SmtpStage {
    /// The target itself is refused here: no encryption beyond this machine, or a private address.
    Target,
    /// The look-up of the server's name.
    LookUp,
    /// TCP, TLS from the first byte, banner and EHLO.
    Connect,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// Writing the message: its final dot has not been sent.
    Content,
    /// The end of the message: the final dot may have been sent.
    FinalDot,
}

#[derive(Debug, thiserror::Error)]
#[error("SMTP failed at {stage:?}")]
pub struct SmtpFailure {
    pub stage: SmtpStage,
    /// The server's reply. `None`: the connection broke or was silent.
    pub reply: Option<SmtpReply>,
    #[source]
    pub source: Option<BoxError>,
}

impl SmtpFailure {
    pub fn replied(stage: SmtpStage, code: u16, text: impl Into<String>) -> Self {
        Self { stage, reply: Some(SmtpReply { code, text: text.into() }), source: None }
    }

    pub fn broken(stage: SmtpStage, source: impl Into<BoxError>) -> Self {
        Self { stage, reply: None, source: Some(source.into()) }
    }
}
