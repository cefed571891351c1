//! SMTP over sockets, with TLS as the account asks for it. A logged-in connection is kept for the next message to the
//! same target.

use super::line_reader::LineReader;
use super::smtp_session::{OFFER, Session, within};
use super::{Reach, Smtp, SmtpEnvelope, SmtpFailure, SmtpReply, SmtpStage, SmtpTarget};
use application::ports::store::BoxError;
use async_trait::async_trait;
use domain::workspace::account::SmtpSecurity;
use lettre::transport::smtp::client::{TlsParameters, TlsVersion};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Mutex;

const DIAL: Duration = Duration::from_secs(5);
/// A batch has up to fifteen accounts, and each is called again soon.
const KEPT_CONNECTIONS: usize = 16;
const KEPT_HOSTS: usize = 16;
/// The most messages of one connection: servers cut off one that never ends.
const MESSAGES_A_CONNECTION: u32 = 50;

pub struct LettreSmtp {
    reach: Reach,
    idle: Mutex<Vec<Kept>>,
    /// The TLS parameters by host; making them reads the machine's certificates.
    tls: Mutex<HashMap<String, TlsParameters>>,
}

struct Kept {
    target: SmtpTarget,
    session: Session,
    delivered: u32,
}

impl LettreSmtp {
    pub fn new(reach: Reach) -> Self {
        Self { reach, idle: Mutex::default(), tls: Mutex::default() }
    }

    async fn take(&self, target: &SmtpTarget) -> Option<Kept> {
        let mut kept = {
            let mut idle = self.idle.lock().await;
            let found = idle.iter().position(|kept| kept.target == *target)?;
            idle.swap_remove(found)
        };
        if kept.session.is_alive().await { Some(kept) } else { None }
    }

    async fn keep(&self, kept: Kept) {
        if kept.delivered >= MESSAGES_A_CONNECTION {
            return kept.session.close().await;
        }
        let oldest = {
            let mut idle = self.idle.lock().await;
            idle.push(kept);
            (idle.len() > KEPT_CONNECTIONS).then(|| idle.remove(0))
        };
        if let Some(oldest) = oldest {
            oldest.session.close().await;
        }
    }

    async fn dial(&self, target: &SmtpTarget, from: &str) -> Result<Session, SmtpFailure> {
        let addresses = self.addresses(target).await?;
        let mut session = match target.security {
            SmtpSecurity::Tls => Session::over_tls(&addresses, self.tls(&target.host).await?, from).await?,
            SmtpSecurity::StartTls => {
                let stream = LineReader::new(tcp(&addresses).await?);
                let mut session = Session::over(Box::new(stream), from).await?;
                session.start_tls(self.tls(&target.host).await?).await?;
                session
            }
            SmtpSecurity::None => Session::over(Box::new(tcp(&addresses).await?), from).await?,
        };
        match session.log_in(target).await {
            Ok(()) => Ok(session),
            Err(refused) => {
                session.close().await;
                Err(refused)
            }
        }
    }

    /// Returns a connection whose server waits for the mail, and how many messages it has carried before.
    async fn offer(
        &self,
        target: &SmtpTarget,
        envelope: &SmtpEnvelope,
        message: &[u8],
    ) -> Result<(Session, u32), SmtpFailure> {
        let (mut session, delivered) = match self.take(target).await {
            Some(kept) => (kept.session, kept.delivered),
            None => (self.dial(target, &envelope.from).await?, 0),
        };
        match session.offer(envelope, message).await {
            Ok(()) => Ok((session, delivered)),
            Err(failure) => {
                session.close().await;
                Err(failure)
            }
        }
    }

    async fn tls(&self, host: &str) -> Result<TlsParameters, SmtpFailure> {
        let mut known = self.tls.lock().await;
        if let Some(parameters) = known.get(host) {
            return Ok(parameters.clone());
        }
        let parameters = TlsParameters::builder(host.to_owned())
            .set_min_tls_version(TlsVersion::Tlsv12)
            .build_rustls()
            .map_err(|error| SmtpFailure::broken(SmtpStage::Connect, error))?;
        if known.len() >= KEPT_HOSTS {
            known.clear();
        }
        known.insert(host.to_owned(), parameters.clone());
        Ok(parameters)
    }

    async fn addresses(&self, target: &SmtpTarget) -> Result<Vec<SocketAddr>, SmtpFailure> {
        let found =
            dialled(SmtpStage::LookUp, tokio::net::lookup_host((target.host.as_str(), target.port))).await?;
        self.reach
            .mail_server(found, target.security != SmtpSecurity::None)
            .map_err(|error| SmtpFailure::broken(SmtpStage::Target, error))
    }
}

#[async_trait]
impl Smtp for LettreSmtp {
    async fn deliver(
        &self,
        target: &SmtpTarget,
        envelope: &SmtpEnvelope,
        message: &[u8],
    ) -> Result<SmtpReply, SmtpFailure> {
        let (mut session, delivered) = within(OFFER, self.offer(target, envelope, message)).await?;
        let outcome = session.write(message).await;
        match &outcome {
            Ok(_) => self.keep(Kept { target: target.clone(), session, delivered: delivered + 1 }).await,
            Err(_) => session.close().await,
        }
        outcome
    }

    async fn log_in(&self, target: &SmtpTarget, from: &str) -> Result<(), SmtpFailure> {
        within(OFFER, async {
            self.dial(target, from).await?.close().await;
            Ok(())
        })
        .await
    }
}

async fn tcp(addresses: &[SocketAddr]) -> Result<TcpStream, SmtpFailure> {
    dialled(SmtpStage::Connect, TcpStream::connect(addresses)).await
}

async fn dialled<T>(
    stage: SmtpStage,
    work: impl Future<Output = std::io::Result<T>>,
) -> Result<T, SmtpFailure> {
    let broken = |error: BoxError| SmtpFailure::broken(stage, error);
    tokio::time::timeout(DIAL, work).await.map_err(|e| broken(e.into()))?.map_err(|e| broken(e.into()))
}
