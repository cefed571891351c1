//! IMAP over sockets, with TLS as the account asks for it. Questions are rare, so each has a connection of its own.

use super::Reach;
use super::imap::{Imap, ImapSession, ImapTarget, boxed, in_time};
use async_trait::async_trait;
use domain::workspace::account::SmtpSecurity;
use mailbox_reader::{Limits, MailboxFailure, Session};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt as _;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

const DIAL: Duration = Duration::from_secs(3);
/// The time limit from the look-up of the host's name to the greeting.
const OPEN: Duration = Duration::from_secs(6);

pub struct SocketImap {
    reach: Reach,
}

impl SocketImap {
    pub fn new(reach: Reach) -> Self {
        Self { reach }
    }

    async fn dial(&self, target: &ImapTarget) -> Result<TcpStream, MailboxFailure> {
        let found = within(tokio::net::lookup_host((target.host.as_str(), target.port))).await?;
        let allowed = self.reach.mail_server(found, target.security != SmtpSecurity::None);
        let allowed = allowed.map_err(|bad| MailboxFailure::NotAllowed(bad.to_string()))?;
        within(TcpStream::connect(allowed.as_slice())).await
    }

    async fn connect(&self, target: &ImapTarget, limits: Limits) -> Result<ImapSession, MailboxFailure> {
        let stream = self.dial(target).await?;
        match target.security {
            SmtpSecurity::Tls => Session::greet(boxed(encrypt(stream, target).await?), limits).await,
            SmtpSecurity::StartTls => {
                let clear = Session::greet(stream, limits).await?.start_tls().await?;
                Ok(Session::after_tls(boxed(encrypt(clear, target).await?), limits))
            }
            SmtpSecurity::None => Session::greet(boxed(stream), limits).await,
        }
    }
}

#[async_trait]
impl Imap for SocketImap {
    async fn open(&self, target: &ImapTarget, limits: Limits) -> Result<ImapSession, MailboxFailure> {
        in_time(OPEN, self.connect(target, limits)).await
    }
}

async fn encrypt(stream: TcpStream, target: &ImapTarget) -> Result<TlsStream<TcpStream>, MailboxFailure> {
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_platform_verifier())
        .map_err(|error| MailboxFailure::of_connecting(io::Error::other(error)))?
        .with_no_client_auth();
    let name = ServerName::try_from(target.host.clone());
    let name = name.map_err(|_| MailboxFailure::NotAllowed("the host has no valid name".to_owned()))?;
    let encrypted = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    encrypted.map_err(MailboxFailure::of_connecting)
}

async fn within<T>(work: impl Future<Output = io::Result<T>>) -> Result<T, MailboxFailure> {
    let silent = |_| io::ErrorKind::TimedOut.into();
    let done = tokio::time::timeout(DIAL, work).await.map_err(silent).and_then(|done| done);
    done.map_err(MailboxFailure::Unreachable)
}
