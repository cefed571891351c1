//! One SMTP conversation, a stage at a time, so that a failure tells what the server can and cannot have.

use super::{SmtpEnvelope, SmtpFailure, SmtpReply, SmtpStage, SmtpTarget};
use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use std::error::Error as _;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const CONNECT: Duration = Duration::from_secs(8);
const COMMAND: Duration = Duration::from_secs(10);
/// The time limit for everything before the mail itself. A slower server is tried again later, because nothing was
/// handed over.
pub(super) const OFFER: Duration = Duration::from_secs(15);
/// The time limit for the mail, its end, and the server's confirmation.
const FINAL_DOT: Duration = Duration::from_secs(25);
const PROBE: Duration = Duration::from_secs(2);

/// The time limit of a delivery: within it a mail is accepted, refused or given up.
pub(super) const DELIVERY: Duration =
    Duration::from_secs(OFFER.as_secs() + FINAL_DOT.as_secs() + PROBE.as_secs());

pub(super) struct Session {
    link: AsyncSmtpConnection,
    hello: ClientId,
    /// The server's `SIZE`: `None` not offered, zero without limit.
    max_size: Option<usize>,
}

impl Session {
    pub(super) async fn over(stream: Box<dyn AsyncTokioStream>, from: &str) -> Result<Self, SmtpFailure> {
        let hello = hello_name(from);
        let link =
            at(SmtpStage::Connect, CONNECT, AsyncSmtpConnection::connect_with_transport(stream, &hello))
                .await?;
        Ok(Self { link, hello, max_size: None })
    }

    /// Connects with TLS from the first byte.
    pub(super) async fn over_tls(
        addresses: &[SocketAddr],
        tls: TlsParameters,
        from: &str,
    ) -> Result<Self, SmtpFailure> {
        let hello = hello_name(from);
        let dial = AsyncSmtpConnection::connect_tokio1(addresses, Some(CONNECT), &hello, Some(tls), None);
        let link = at(SmtpStage::Connect, CONNECT, dial).await?;
        Ok(Self { link, hello, max_size: None })
    }

    pub(super) async fn start_tls(&mut self, tls: TlsParameters) -> Result<(), SmtpFailure> {
        if !self.link.can_starttls() {
            let text = "5.7.10 the server does not offer STARTTLS, which this account asks for";
            return Err(SmtpFailure::replied(SmtpStage::StartTls, 530, text));
        }
        at(SmtpStage::StartTls, CONNECT, self.link.starttls(tls, &self.hello)).await
    }

    /// Logs in, if the target has a user, and learns the size limit.
    pub(super) async fn log_in(&mut self, target: &SmtpTarget) -> Result<(), SmtpFailure> {
        if !target.username.is_empty() {
            let known = [Mechanism::Plain, Mechanism::Login];
            if self.link.server_info().get_auth_mechanism(&known).is_none() {
                let text = "5.7.4 the server offers no way to log in that is known here";
                return Err(SmtpFailure::replied(SmtpStage::Auth, 504, text));
            }
            let login = Credentials::new(target.username.clone(), target.password.expose().to_owned());
            at(SmtpStage::Auth, COMMAND, self.link.auth(&known, &login)).await?;
        }
        // The client forgets the extensions it does not use itself: ask again.
        let greeting =
            at(SmtpStage::Connect, COMMAND, self.link.command(Ehlo::new(self.hello.clone()))).await?;
        self.max_size = greeting.message().find_map(size_limit);
        Ok(())
    }

    /// Proceeds up to where the server asks for the mail itself, of which it has nothing yet.
    pub(super) async fn offer(&mut self, envelope: &SmtpEnvelope, message: &[u8]) -> Result<(), SmtpFailure> {
        if let Some(limit) = self.max_size
            && limit > 0
            && message.len() > limit
        {
            let text = format!("5.3.4 {} bytes are more than the server's {limit}", message.len());
            return Err(SmtpFailure::replied(SmtpStage::Mail, 552, text));
        }
        let mut options: Vec<_> =
            self.max_size.map(|_| MailParameter::Size(message.len())).into_iter().collect();
        if envelope.utf8 {
            self.takes_utf8(envelope)?;
            options
                .extend([MailParameter::Body(MailBodyParameter::EightBitMime), MailParameter::SmtpUtfEight]);
        }
        let from = address(SmtpStage::Mail, &envelope.from)?;
        let to = address(SmtpStage::Rcpt, &envelope.to)?;
        at(SmtpStage::Mail, COMMAND, self.link.command(Mail::new(Some(from), options))).await?;
        at(SmtpStage::Rcpt, COMMAND, self.link.command(Rcpt::new(to, Vec::new()))).await?;
        at(SmtpStage::Data, COMMAND, self.link.command(Data)).await.map(drop)
    }

    /// Checks that the server announced SMTPUTF8 and 8BITMIME: the first requires the second (RFC 6531), and without
    /// both nothing is sent.
    fn takes_utf8(&self, envelope: &SmtpEnvelope) -> Result<(), SmtpFailure> {
        let server = self.link.server_info();
        if [Extension::SmtpUtfEight, Extension::EightBitMime].into_iter().all(|e| server.supports_feature(e))
        {
            return Ok(());
        }
        // The recipient's address concerns this message; any other is the account's own, and stands in all of its
        // mail.
        let (stage, whose) = if envelope.to.is_ascii() {
            (SmtpStage::Connect, "the account's own address")
        } else {
            (SmtpStage::Rcpt, "the address")
        };
        let text = format!(
            "5.6.7 {whose} has letters beyond ASCII before the @, and the server does not offer SMTPUTF8, which they need"
        );
        Err(SmtpFailure::replied(stage, 553, text))
    }

    /// Writes the mail, once the server has asked for it. The client asks for the next part only after the last one
    /// was written: that tells the content from the final dot.
    pub(super) async fn write(&mut self, message: &[u8]) -> Result<SmtpReply, SmtpFailure> {
        let written = AtomicBool::new(false);
        // The client itself ends the last line.
        let mut parts = Some(message.strip_suffix(b"\r\n").unwrap_or(message)).into_iter();
        let tracked = std::iter::from_fn(|| {
            let part = parts.next();
            written.store(part.is_none(), Ordering::Relaxed);
            part
        });
        let outcome = at(SmtpStage::FinalDot, FINAL_DOT, self.link.message_iter(tracked)).await;
        match outcome {
            Ok(response) => Ok(reply(&response)),
            Err(failure) if failure.reply.is_none() && !written.load(Ordering::Relaxed) => {
                Err(SmtpFailure { stage: SmtpStage::Content, ..failure })
            }
            Err(failure) => Err(failure),
        }
    }

    pub(super) async fn is_alive(&mut self) -> bool {
        matches!(tokio::time::timeout(PROBE, self.link.test_connected()).await, Ok(true))
    }

    pub(super) async fn close(mut self) {
        // The message's fate is decided; a lost farewell changes nothing.
        tokio::time::timeout(PROBE, self.link.abort()).await.ok();
    }
}

/// Returns the name to greet with: the domain of `from`, the address that mail is from.
fn hello_name(from: &str) -> ClientId {
    match from.rsplit_once('@') {
        Some((_, domain)) => ClientId::Domain(domain.to_owned()),
        None => ClientId::default(),
    }
}

fn address(stage: SmtpStage, text: &str) -> Result<Address, SmtpFailure> {
    text.parse().map_err(|_| SmtpFailure::replied(stage, 553, "5.1.3 the address cannot be written in SMTP"))
}

fn size_limit(line: &str) -> Option<usize> {
    let mut words = line.split_ascii_whitespace();
    if !words.next()?.eq_ignore_ascii_case("SIZE") {
        return None;
    }
    Some(words.next().and_then(|n| n.parse().ok()).unwrap_or(0))
}

/// Limits the time of everything before the mail itself.
pub(super) async fn within<T>(
    limit: Duration,
    offer: impl Future<Output = Result<T, SmtpFailure>>,
) -> Result<T, SmtpFailure> {
    let late = |silence| Err(SmtpFailure::broken(SmtpStage::Data, silence));
    tokio::time::timeout(limit, offer).await.unwrap_or_else(late)
}

async fn at<T>(
    stage: SmtpStage,
    limit: Duration,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, SmtpFailure> {
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => match error.status() {
            Some(code) => {
                let text = error.source().map(ToString::to_string).unwrap_or_default();
                Err(SmtpFailure::replied(stage, code.into(), text))
            }
            None => Err(SmtpFailure::broken(stage, error)),
        },
        Err(silence) => Err(SmtpFailure::broken(stage, silence)),
    }
}

fn reply(response: &Response) -> SmtpReply {
    SmtpReply { code: response.code().into(), text: response.message().collect::<Vec<_>>().join("\n") }
}
