//! The SMTP transport without sockets: the host hands out one end of a pipe, and a server answers at the other.

use super::smtp_session::{OFFER, Session, within};
use super::{Smtp, SmtpEnvelope, SmtpFailure, SmtpReply, SmtpStage, SmtpTarget};
use async_trait::async_trait;
use lettre::transport::smtp::client::AsyncTokioStream;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

type Dial = dyn Fn(&SmtpTarget) -> io::Result<DuplexStream> + Send + Sync;

/// The transport. `dial` is called once a message and returns the client's end; an error is a refused connection.
pub struct PipeSmtp {
    dial: Box<Dial>,
    patience: Duration,
}

impl PipeSmtp {
    pub fn new(dial: impl Fn(&SmtpTarget) -> io::Result<DuplexStream> + Send + Sync + 'static) -> Self {
        Self { dial: Box::new(dial), patience: OFFER }
    }

    /// Sets how long the server may take until it asks for the mail.
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }
}

#[async_trait]
impl Smtp for PipeSmtp {
    /// Delivers the mail. Nothing leaves the process, so the target's encryption is ignored; its login is not.
    async fn deliver(
        &self,
        target: &SmtpTarget,
        envelope: &SmtpEnvelope,
        message: &[u8],
    ) -> Result<SmtpReply, SmtpFailure> {
        let pipe = (self.dial)(target).map_err(|error| SmtpFailure::broken(SmtpStage::Connect, error))?;
        let mut session = within(self.patience, async {
            let mut session = Session::over(Box::new(Pipe(pipe)), &envelope.from).await?;
            session.log_in(target).await?;
            session.offer(envelope, message).await?;
            Ok(session)
        })
        .await?;
        let outcome = session.write(message).await;
        session.close().await;
        outcome
    }

    async fn log_in(&self, target: &SmtpTarget, from: &str) -> Result<(), SmtpFailure> {
        let pipe = (self.dial)(target).map_err(|error| SmtpFailure::broken(SmtpStage::Connect, error))?;
        within(self.patience, async {
            let mut session = Session::over(Box::new(Pipe(pipe)), from).await?;
            let outcome = session.log_in(target).await;
            session.close().await;
            outcome
        })
        .await
    }
}

#[derive(Debug)]
struct Pipe(DuplexStream);

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, out)
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Pipe {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok((Ipv4Addr::LOCALHOST, 25).into())
    }
}
