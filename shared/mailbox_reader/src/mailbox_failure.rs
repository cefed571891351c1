//! What went wrong with a mailbox, in words that its owner understands, and what to do next. What a server says about
//! a login is never passed on, because it may repeat the password; other texts are shortened and stripped.

use std::error::Error;
use std::io;

#[derive(Debug, thiserror::Error)]
pub enum MailboxFailure {
    #[error("the mail server does not answer at this address and port")]
    Unreachable(#[source] io::Error),
    /// The caller connects to no such server.
    #[error("{0}")]
    NotAllowed(String),
    #[error("the server offers no encryption")]
    NoTls,
    #[error("the server does not speak TLS at this port")]
    NotTls(#[source] io::Error),
    #[error("the server's certificate is for another name")]
    CertificateOfAnotherName(#[source] io::Error),
    #[error("the server's certificate has expired, or is not valid yet")]
    CertificateExpired(#[source] io::Error),
    #[error("the server's certificate is not from an authority that is trusted")]
    CertificateUntrusted(#[source] io::Error),
    #[error("the server refuses the user name or password")]
    WrongPassword,
    #[error("the server wants an app password instead of the account's own password")]
    NeedsAppPassword,
    #[error("the provider takes no password; the mailbox has to be connected by its sign-in page")]
    NeedsOauth,
    #[error("the provider wants a sign-in in the browser first")]
    NeedsBrowserSignIn,
    #[error("the access that was granted to this mailbox has expired or was taken back{}", status_of(.status))]
    TokenRefused { status: Option<String> },
    #[error("IMAP is switched off for this mailbox")]
    ImapSwitchedOff,
    #[error("the server offers no way to log in that is known here")]
    NoKnownLogin,
    #[error("the user name or password has a character that cannot be sent")]
    UnsendableLogin,
    #[error("the server is busy or has too many connections of this mailbox")]
    Busy,
    #[error("there is no folder {0}")]
    FolderNotFound(String),
    #[error("the server refuses {command}: {said}")]
    Refused { command: &'static str, said: String },
    #[error("the server hung up{}", saying(.0))]
    HungUp(String),
    #[error("the server answered with something that is no IMAP{}", saying(.0))]
    NotImap(String),
    #[error("the server sent too much: {0}")]
    TooMuch(&'static str),
    #[error("an earlier question to this server was given up")]
    GivenUp,
}

impl MailboxFailure {
    /// Says what the mailbox's owner can do about it.
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "Check the host and the port. 993 is usual.",
            Self::NotAllowed(_) => "Enter the host of a public mail server, and choose TLS or STARTTLS.",
            Self::NoTls => "Choose TLS with port 993, or ask your provider how to connect safely.",
            Self::NotTls(_) => "Choose STARTTLS for this port, or TLS with port 993.",
            Self::CertificateOfAnotherName(_) => {
                "Enter the host's name as your provider writes it in its help pages."
            }
            Self::CertificateExpired(_) | Self::CertificateUntrusted(_) => {
                "Ask the server's administrator to renew its certificate."
            }
            Self::WrongPassword => {
                "Check both. Many providers want an app password once two-step sign-in is on."
            }
            Self::NeedsAppPassword => "Create an app password in your provider's settings and enter it here.",
            Self::NeedsOauth | Self::TokenRefused { .. } => {
                "Connect the mailbox by its provider's sign-in page."
            }
            Self::NeedsBrowserSignIn => {
                "Sign in to the mailbox in a browser, answer its question, and retry."
            }
            Self::ImapSwitchedOff => {
                "Switch IMAP on in the mailbox's settings, or ask your administrator to do so."
            }
            Self::NoKnownLogin => "Ask your provider for an IMAP login with a password.",
            Self::UnsendableLogin => "Choose a password of ordinary letters and characters.",
            Self::Busy => {
                "Nothing has to be done; it is tried again. Close other mail programs if it stays so."
            }
            Self::FolderNotFound(_) => "Choose the folder again: it was renamed or deleted.",
            Self::Refused { .. } => "Try again later; ask your provider if it stays so.",
            Self::HungUp(_) | Self::GivenUp => "Nothing has to be done; it is tried again.",
            Self::NotImap(_) => "Check the host and the port: they may be those of another service.",
            Self::TooMuch(_) => "Ask your provider, or connect another mailbox: this server is not usable.",
        }
    }

    /// Tells whether later polls may succeed without a change by the owner.
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_) | Self::Busy | Self::Refused { .. } | Self::HungUp(_) | Self::GivenUp
        )
    }

    /// Tells whether the account's own settings or login are at fault, and not the server.
    pub fn is_of_the_login(&self) -> bool {
        matches!(
            self,
            Self::NotAllowed(_)
                | Self::NoTls
                | Self::WrongPassword
                | Self::NeedsAppPassword
                | Self::NeedsOauth
                | Self::NeedsBrowserSignIn
                | Self::TokenRefused { .. }
                | Self::ImapSwitchedOff
                | Self::NoKnownLogin
                | Self::UnsendableLogin
        )
    }

    /// Tells whether the conversation can go on after this failure: it is about one folder alone.
    pub(crate) fn is_of_one_folder(&self) -> bool {
        matches!(self, Self::FolderNotFound(_) | Self::Refused { .. })
    }

    /// Leaves the server's own words out.
    pub(crate) fn without_text(self) -> Self {
        match self {
            Self::HungUp(_) => Self::HungUp(String::new()),
            Self::NotImap(_) => Self::NotImap(String::new()),
            other => other,
        }
    }

    /// Names what went wrong between the look-up of a host and the end of its TLS handshake.
    pub fn of_connecting(error: io::Error) -> Self {
        use rustls::CertificateError as Bad;
        let reason = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match reason {
            Some(rustls::Error::InvalidCertificate(bad)) => match bad {
                Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                    Self::CertificateOfAnotherName(error)
                }
                Bad::Expired
                | Bad::ExpiredContext { .. }
                | Bad::NotValidYet
                | Bad::NotValidYetContext { .. } => Self::CertificateExpired(error),
                _ => Self::CertificateUntrusted(error),
            },
            Some(_) => Self::NotTls(error),
            None if error.kind() == io::ErrorKind::UnexpectedEof => Self::HungUp(String::new()),
            None => Self::Unreachable(error),
        }
    }

    pub(crate) fn of_stream(error: &io::Error) -> Self {
        let reason = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        Self::HungUp(excerpt(reason.as_bytes()))
    }
}

const LONGEST_EXCERPT: usize = 120;

/// Shortens a server's text to what may be shown: one line without control characters.
pub(crate) fn excerpt(said: &[u8]) -> String {
    let start = &said[..said.len().min(4 * LONGEST_EXCERPT)];
    let text = String::from_utf8_lossy(start);
    let plain = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
    plain.take(LONGEST_EXCERPT).collect()
}

fn saying(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}

fn status_of(status: &Option<String>) -> String {
    status.as_ref().map_or_else(String::new, |status| format!(" (status {status})"))
}
