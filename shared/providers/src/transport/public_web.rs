//! The public web over sockets. A name is looked up once, for the connection: the addresses that were checked are those
//! that are connected to, so a name that changes its mind in between (DNS rebinding) gains nothing.

use super::reach::OutOfReach;
use super::{Reach, TransportError, Web, WebError, WebLimits, WebRequest, WebResponse, install_tls};
use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

const CONNECT: Duration = Duration::from_secs(5);

/// Looks up the addresses of a name.
#[async_trait]
pub(crate) trait NameLookup: Send + Sync {
    async fn look_up(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The look-up of the operating system.
struct SystemLookup;

#[async_trait]
impl NameLookup for SystemLookup {
    async fn look_up(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

pub struct PublicWeb {
    /// The client, made when first used, as that of `ReqwestHttp`.
    client: OnceLock<reqwest::Client>,
    names: Arc<dyn NameLookup>,
}

impl Default for PublicWeb {
    fn default() -> Self {
        Self::with_names(Arc::new(SystemLookup))
    }
}

impl PublicWeb {
    pub(crate) fn with_names(names: Arc<dyn NameLookup>) -> Self {
        Self { client: OnceLock::new(), names }
    }

    fn client(&self) -> Result<&reqwest::Client, reqwest::Error> {
        match self.client.get() {
            Some(client) => Ok(client),
            None => {
                install_tls();
                let client = reqwest::Client::builder()
                    .redirect(reqwest::redirect::Policy::none())
                    .retry(reqwest::retry::never())
                    .connect_timeout(CONNECT)
                    .pool_max_idle_per_host(0)
                    .referer(false)
                    .dns_resolver(PublicNames(self.names.clone()))
                    .no_proxy()
                    .user_agent(concat!("leadflow/", env!("CARGO_PKG_VERSION")))
                    .build()?;
                Ok(self.client.get_or_init(|| client))
            }
        }
    }
}

#[async_trait]
impl Web for PublicWeb {
    async fn fetch(&self, asked: WebRequest, limits: WebLimits) -> Result<WebResponse, WebError> {
        let client = self.client().map_err(classify)?;
        let request = client
            .request(asked.method, asked.address.as_str())
            .headers(asked.headers)
            .body(asked.body)
            .timeout(limits.time);
        let mut answer = request.send().await.map_err(classify)?;
        let mut body = Vec::new();
        let mut is_cut = false;
        while let Some(chunk) = answer.chunk().await.map_err(classify)? {
            let room = limits.bytes - body.len();
            is_cut = chunk.len() > room;
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if is_cut {
                break;
            }
        }
        let headers = std::mem::take(answer.headers_mut());
        Ok(WebResponse { status: answer.status(), headers, body, is_cut })
    }
}

fn classify(error: reqwest::Error) -> WebError {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<OutOfReach>() {
            return WebError::NotPublic;
        }
        cause = inner.source();
    }
    let unsent = error.is_connect() || error.is_builder();
    let source = error.without_url().into();
    WebError::Transport(if unsent {
        TransportError::NotSent(source)
    } else {
        TransportError::Ambiguous(source)
    })
}

/// Gives the client the addresses of a name. A name is refused whole if any of its addresses is not public.
pub(crate) struct PublicNames(pub(crate) Arc<dyn NameLookup>);

impl PublicNames {
    pub(crate) async fn addresses(
        &self,
        name: &str,
    ) -> Result<Vec<SocketAddr>, Box<dyn Error + Send + Sync>> {
        let found = self.0.look_up(name).await?;
        if found.is_empty() || !found.iter().all(|address| Reach::Public.allows(*address)) {
            return Err(OutOfReach.into());
        }
        Ok(found.into_iter().map(|address| SocketAddr::new(address, 0)).collect())
    }
}

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        let names = Self(self.0.clone());
        Box::pin(async move {
            let found: Addrs = Box::new(names.addresses(name.as_str()).await?.into_iter());
            Ok(found)
        })
    }
}
