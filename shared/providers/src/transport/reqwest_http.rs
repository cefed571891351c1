//! HTTP over sockets: one attempt, no redirects, short time limits, bounded responses.

use super::reach::OutOfReach;
use super::{Http, Reach, TransportError};
use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::Duration;

const CONNECT: Duration = Duration::from_secs(5);
/// The time limit of a call: within it a call is answered or given up.
pub(super) const TOTAL: Duration = Duration::from_secs(25);
/// The longest that an idle connection is kept. A frozen function wakes with dead ones, and a new handshake is better
/// than an answer that never comes.
const IDLE: Duration = Duration::from_secs(5);
const LARGEST_ANSWER_BYTES: usize = 2 * 1024 * 1024;

pub struct ReqwestHttp {
    /// The client, made when first used: reading the machine's certificates would slow the start of functions
    /// that make no call.
    client: OnceLock<reqwest::Client>,
    reach: Reach,
    largest_answer: usize,
}

#[derive(Debug, thiserror::Error)]
#[error("the answer is larger than {0} bytes")]
pub(crate) struct AnswerTooLarge(usize);

impl ReqwestHttp {
    pub fn new(reach: Reach) -> Self {
        Self { client: OnceLock::new(), reach, largest_answer: LARGEST_ANSWER_BYTES }
    }

    /// Raises the limit on responses, for servers that answer with files.
    pub fn with_largest_answer(self, bytes: usize) -> Self {
        Self { largest_answer: bytes, ..self }
    }

    fn client(&self) -> Result<&reqwest::Client, reqwest::Error> {
        match self.client.get() {
            Some(client) => Ok(client),
            None => {
                let client = connected(self.reach)?;
                Ok(self.client.get_or_init(|| client))
            }
        }
    }
}

fn connected(reach: Reach) -> Result<reqwest::Client, reqwest::Error> {
    install_tls();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT)
        .timeout(TOTAL)
        .pool_idle_timeout(IDLE)
        .https_only(reach == Reach::Public)
        .dns_resolver(ReachableOnly(reach))
        .no_proxy()
        .user_agent(concat!("leadflow/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// Installs the TLS provider, once a process and before its first client is made.
pub fn install_tls() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Losing a race against another installer is as good as winning it.
        rustls::crypto::ring::default_provider().install_default().ok();
    }
}

#[async_trait]
impl Http for ReqwestHttp {
    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(classify)?;
        // A literal address never passes the resolver. It is read here as the client has understood it: `127.1` and
        // `0x7f000001` are addresses, too.
        let host = request.url().host_str().unwrap_or_default().trim_matches(['[', ']']);
        if host.parse::<IpAddr>().is_ok_and(|address| !self.reach.allows(address)) {
            return Err(TransportError::NotSent(OutOfReach.into()));
        }
        let client = self.client().map_err(classify)?;
        let mut answer = client.execute(request).await.map_err(classify)?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(classify)? {
            if body.len() + chunk.len() > self.largest_answer {
                return Err(TransportError::Ambiguous(AnswerTooLarge(self.largest_answer).into()));
            }
            body.extend_from_slice(&chunk);
        }
        let mut whole = http::Response::new(body);
        *whole.status_mut() = answer.status();
        *whole.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(whole)
    }
}

fn classify(error: reqwest::Error) -> TransportError {
    let unsent = error.is_connect() || error.is_builder();
    let source = error.without_url().into();
    if unsent { TransportError::NotSent(source) } else { TransportError::Ambiguous(source) }
}

struct ReachableOnly(Reach);

impl Resolve for ReachableOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Addrs = Box::new(reach.filter(found)?.into_iter());
            Ok(allowed)
        })
    }
}
