//! The web beyond the providers: websites of leads, and addresses that users give. One request, no redirects, bounded
//! answers, public addresses only.

use super::{Http, TransportError, WebAddress};
use async_trait::async_trait;
use http::{HeaderMap, Method, StatusCode};
use std::time::Duration;

#[async_trait]
pub trait Web: Send + Sync {
    /// Sends one request and returns one response of any status. MUST connect to public addresses only, and to those
    /// alone that were checked; MUST NOT follow redirects nor repeat anything.
    async fn fetch(&self, request: WebRequest, limits: WebLimits) -> Result<WebResponse, WebError>;
}

#[derive(Debug, Clone)]
pub struct WebRequest {
    pub method: Method,
    pub address: WebAddress,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
pub struct WebLimits {
    /// The bytes of the body that are read; the rest is cut off.
    pub bytes: usize,
    pub time: Duration,
}

#[derive(Debug, Clone)]
pub struct WebResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub is_cut: bool,
}

impl WebResponse {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The name leads to an address that is not public.
    #[error("its name leads to a private network")]
    NotPublic,
    #[error(transparent)]
    Transport(#[from] TransportError),
}

/// The web without sockets: an HTTP transport of this process answers.
pub struct InProcessWeb(Box<dyn Http>);

impl InProcessWeb {
    pub fn new(http: impl Http + 'static) -> Self {
        Self(Box::new(http))
    }
}

#[async_trait]
impl Web for InProcessWeb {
    async fn fetch(&self, asked: WebRequest, limits: WebLimits) -> Result<WebResponse, WebError> {
        let mut request = http::Request::builder().method(asked.method).uri(asked.address.as_str());
        if let Some(headers) = request.headers_mut() {
            *headers = asked.headers;
        }
        let request = request.body(asked.body).map_err(|bad| TransportError::NotSent(bad.into()))?;
        let answered = tokio::time::timeout(limits.time, self.0.send(request)).await;
        let (head, mut body) = answered.map_err(|late| TransportError::Ambiguous(late.into()))??.into_parts();
        let is_cut = body.len() > limits.bytes;
        body.truncate(limits.bytes);
        Ok(WebResponse { status: head.status, headers: head.headers, body, is_cut })
    }
}
