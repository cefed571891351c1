//! IMAP over sockets, with TLS as the account asks for it. Questions are rare, so each has a connection of its own.

use super::imap_link::ImapLink;
use super::imap_session::{capabilities, find_sent};
use super::{Imap, ImapFailure, ImapTarget, Reach, SentCopy};
use application::ports::store::BoxError;
use async_trait::async_trait;
use domain::workspace::account::SmtpSecurity;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

const DIAL: Duration = Duration::from_secs(3);
/// The time limit from the look-up of the host's name to the farewell: other messages of the same batch wait for it.
const WHOLE: Duration = Duration::from_secs(6);

pub struct SocketImap {
    reach: Reach,
}

impl SocketImap {
    pub fn new(reach: Reach) -> Self {
        Self { reach }
    }

    async fn dial(&self, target: &ImapTarget) -> Result<TcpStream, ImapFailure> {
        let found = within(tokio::net::lookup_host((target.host.as_str(), target.port))).await?;
        let allowed = self.reach.mail_server(found, target.security != SmtpSecurity::None);
        let allowed = allowed.map_err(|error| ImapFailure::Target(error.into()))?;
        within(TcpStream::connect(allowed.as_slice())).await
    }

    async fn converse(&self, target: &ImapTarget, message_id: &str) -> Result<SentCopy, ImapFailure> {
        let stream = self.dial(target).await?;
        match target.security {
            SmtpSecurity::Tls => greeted(encrypt(stream, target).await?, target, message_id).await,
            SmtpSecurity::StartTls => {
                let mut link = ImapLink::new(stream);
                link.greeting().await?;
                if !capabilities(&mut link).await?.iter().any(|known| known == "STARTTLS") {
                    let detail = "the server does not offer STARTTLS, which this account asks for";
                    return Err(ImapFailure::Login(detail.to_owned()));
                }
                link.command("STARTTLS").await?;
                let stream = encrypt(link.into_stream(), target).await?;
                find_sent(ImapLink::new(stream), target, message_id).await
            }
            SmtpSecurity::None => greeted(stream, target, message_id).await,
        }
    }
}

#[async_trait]
impl Imap for SocketImap {
    async fn find_sent(&self, target: &ImapTarget, message_id: &str) -> Result<SentCopy, ImapFailure> {
        tokio::time::timeout(WHOLE, self.converse(target, message_id)).await.map_err(ImapFailure::broken)?
    }
}

async fn greeted<S: AsyncRead + AsyncWrite + Unpin + Send>(
    stream: S,
    target: &ImapTarget,
    message_id: &str,
) -> Result<SentCopy, ImapFailure> {
    let mut link = ImapLink::new(stream);
    link.greeting().await?;
    find_sent(link, target, message_id).await
}

async fn encrypt(stream: TcpStream, target: &ImapTarget) -> Result<TlsStream<TcpStream>, ImapFailure> {
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_platform_verifier())
        .map_err(ImapFailure::broken)?
        .with_no_client_auth();
    let name =
        ServerName::try_from(target.host.clone()).map_err(|error| ImapFailure::Target(error.into()))?;
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(ImapFailure::broken)
}

async fn within<T>(work: impl Future<Output = std::io::Result<T>>) -> Result<T, ImapFailure> {
    let timed: Result<_, BoxError> = match tokio::time::timeout(DIAL, work).await {
        Ok(done) => done.map_err(Into::into),
        Err(silence) => Err(silence.into()),
    };
    timed.map_err(ImapFailure::broken)
}
