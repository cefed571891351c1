//! The host and the sandbox, connected in process or over loopback.

use crate::in_process::{WithoutPublicDns, http_to, imap_to, smtp_to, web_to};
use anyhow::{Context, Result};
use application::{Clock, Ids};
use async_trait::async_trait;
use http::{Request, Response, StatusCode, Uri};
use local_cloud::LocalCloud;
use local_host::{HostOptions, LocalHost, SystemSender};
use providers::transport::{Http, Imap, LettreSmtp, PublicWeb, Reach, ReqwestHttp, Smtp, SocketImap, Web};
use sandbox::{AppClient, Sandbox};
use serde_json::Value;
use std::net::IpAddr;
use std::sync::Arc;

/// The connections to providers.
pub struct Ways {
    pub http: Arc<dyn Http>,
    pub web: Arc<dyn Web>,
    pub smtp: Arc<dyn Smtp>,
    pub imap: Arc<dyn Imap>,
}

/// How an installation is served over sockets.
#[derive(Clone)]
pub struct Served<'a> {
    pub app_url: &'a str,
    pub open_sign_up: bool,
    /// Whether it has real providers, and no sandbox.
    pub real: bool,
    /// The installation's own sender, if its operator has one.
    pub system_sender: Option<SystemSender>,
    /// Why nothing may be sent, if so.
    pub held: Option<Arc<str>>,
    /// The other addresses from which a proxy may pass requests on and say whose they are, if one on this machine may.
    pub proxies: Option<Arc<[IpAddr]>>,
}

/// A running installation and its simulated people.
#[derive(Clone)]
pub struct World {
    pub host: LocalHost,
    pub sandbox: Sandbox,
}

impl World {
    /// Starts a world without sockets: providers are functions, mail goes through a pipe.
    pub async fn in_process(
        cloud: LocalCloud,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        sandbox: Sandbox,
        app_url: &str,
    ) -> Result<Self> {
        let ways = Ways {
            http: Arc::new(http_to(&sandbox)),
            web: Arc::new(web_to(&sandbox)),
            smtp: Arc::new(smtp_to(&sandbox)),
            imap: Arc::new(imap_to(&sandbox)),
        };
        Self::start(cloud, clock, ids, sandbox, app_url, ways).await
    }

    /// Starts a world that reaches providers over sockets, as deployed. Any address is allowed, for the
    /// sandbox is on this machine. Unless the installation is a real one, questions to the public DNS stay there, too.
    pub async fn over_sockets(
        cloud: LocalCloud,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        sandbox: Sandbox,
        served: Served<'_>,
    ) -> Result<Self> {
        let real = served.real;
        let sockets = ReqwestHttp::new(Reach::Anywhere);
        let http: Arc<dyn Http> = match real {
            true => Arc::new(sockets),
            false => Arc::new(WithoutPublicDns { sockets, sandbox: sandbox.clone() }),
        };
        // No call to a website leaves the machine, either.
        let web: Arc<dyn Web> = match real {
            true => Arc::new(PublicWeb::default()),
            false => Arc::new(web_to(&sandbox)),
        };
        let ways = Ways {
            http,
            web,
            smtp: Arc::new(LettreSmtp::new(Reach::Anywhere)),
            imap: Arc::new(SocketImap::new(Reach::Anywhere)),
        };
        let sign_in_clients = if real { Vec::new() } else { sandbox.sign_in_clients() };
        Self::begin(cloud, clock, ids, sandbox, (served, sign_in_clients), ways).await
    }

    /// Starts a world with these connections to providers. Sign-up is open.
    pub async fn start(
        cloud: LocalCloud,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        sandbox: Sandbox,
        app_url: &str,
        ways: Ways,
    ) -> Result<Self> {
        let sign_in_clients = sandbox.sign_in_clients();
        let served = Served {
            app_url,
            open_sign_up: true,
            real: false,
            system_sender: None,
            held: None,
            proxies: None,
        };
        Self::begin(cloud, clock, ids, sandbox, (served, sign_in_clients), ways).await
    }

    async fn begin(
        cloud: LocalCloud,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        sandbox: Sandbox,
        (served, sign_in_clients): (Served<'_>, Vec<Value>),
        Ways { http, web, smtp, imap }: Ways,
    ) -> Result<Self> {
        let function_clock = clock.clone();
        let Served { app_url, open_sign_up, system_sender, held, proxies, .. } = served;
        let public_url = app_url.to_owned();
        let options = HostOptions {
            cloud,
            clock,
            function_clock,
            ids,
            http,
            web,
            smtp,
            imap,
            public_url,
            open_sign_up,
            sign_in_clients,
            system_sender,
            held,
            proxies,
        };
        let host = LocalHost::start(options).await.context("the functions could not be started")?;
        Ok(Self { host, sandbox })
    }

    pub fn app(&self) -> App {
        App { host: self.host.clone() }
    }
}

/// The product as the simulated people reach it: by its public address, from networks of their own.
pub struct App {
    pub(crate) host: LocalHost,
}

#[async_trait]
impl AppClient for App {
    async fn call(&self, mut request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let from = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok());
        let from = from.and_then(|value| value.split(',').next()).unwrap_or("192.0.2.1").trim().to_owned();
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
        match path.parse::<Uri>() {
            Ok(uri) => *request.uri_mut() = uri,
            Err(_) => {
                let mut refused = Response::new(Vec::new());
                *refused.status_mut() = StatusCode::BAD_REQUEST;
                return refused;
            }
        }
        self.host.call_from(request, &from).await
    }
}
