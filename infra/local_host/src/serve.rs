//! Serves in real time: one task for each event source, and the routes on a socket.

use crate::host::LocalHost;
use crate::limits::LARGEST_BODY;
use anyhow::Result;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, State};
use axum::response::Response;
use http::{HeaderMap, Request, StatusCode};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The interval at which a source polls if nothing was written.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

impl LocalHost {
    /// Serves until `stop` turns true; what is being handled then is finished first.
    pub async fn serve(&self, listener: TcpListener, stop: watch::Receiver<bool>) -> Result<()> {
        self.serve_beside(Router::new(), listener, stop).await
    }

    /// Like `serve`, with routes of this machine before those of the product.
    pub async fn serve_beside(
        &self,
        own: Router,
        listener: TcpListener,
        stop: watch::Receiver<bool>,
    ) -> Result<()> {
        self.inner.stopwatch.count_real_time();
        let mut tasks = tokio::task::JoinSet::new();
        for source in 0..self.sources() {
            tasks.spawn(self.clone().poll(source, stop.clone()));
        }
        self.answer_requests(own, listener, stop).await?;
        while tasks.join_next().await.is_some() {}
        Ok(())
    }

    /// Serves only the routes: the caller moves the events along.
    pub async fn serve_requests(&self, listener: TcpListener, stop: watch::Receiver<bool>) -> Result<()> {
        self.answer_requests(Router::new(), listener, stop).await
    }

    async fn answer_requests(
        &self,
        own: Router,
        listener: TcpListener,
        stop: watch::Receiver<bool>,
    ) -> Result<()> {
        let router = own.fallback_service(Router::new().fallback(answer).with_state(self.clone()));
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let mut stopped = stop;
        let wait = async move {
            // An error means that nobody can stop the server any more, so this waits for ever.
            if stopped.wait_for(|stop| *stop).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        Ok(axum::serve(listener, service).with_graceful_shutdown(wait).await?)
    }

    async fn poll(self, source: usize, stop: watch::Receiver<bool>) {
        let mut activity = self.inner.cloud.activity();
        let mut window = None;
        while !*stop.borrow() {
            activity.mark_unchanged();
            match self.is_gathering(source, &mut window) {
                Ok(true) => {
                    tokio::time::sleep(LOOK_AGAIN).await;
                    continue;
                }
                Ok(false) => {}
                Err(error) => tracing::error!(error = %format!("{error:#}"), "an event source failed"),
            }
            match self.step(source).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::error!(error = %format!("{error:#}"), "an event source failed"),
            }
            // Something was written, or some time has passed; either way: poll again.
            let woken = tokio::time::timeout(LOOK_AGAIN, activity.changed()).await;
            if let Ok(Err(_)) = woken {
                return;
            }
        }
    }
}

async fn answer(
    State(host): State<LocalHost>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    request: Request<Body>,
) -> Response {
    if let Ok(upgrade) = upgrade
        && host.is_socket(request.uri().path())
    {
        let from = sender(host.options().proxies.as_deref(), request.headers(), peer.ip());
        return host.open_socket(upgrade, (request.uri(), request.headers()), &from).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST_BODY).await else {
        let mut refused = Response::new(Body::from("Request Too Long"));
        *refused.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return refused;
    };
    let request = Request::from_parts(parts, bytes.to_vec());
    let from = sender(host.options().proxies.as_deref(), request.headers(), peer.ip());
    host.call_from(request, &from).await.map(Body::from)
}

/// The address that a request comes from. A proxy on this machine, or one that the operator has named, names it as the last of
/// those in `X-Forwarded-For`; the ones before are what the visitor's side says, and any other peer is the visitor.
fn sender(proxies: Option<&[IpAddr]>, headers: &HeaderMap, peer: IpAddr) -> String {
    // A socket for both kinds of address shows one of IPv4 as one of IPv6.
    let peer = peer.to_canonical();
    let is_proxy = proxies
        .is_some_and(|named| peer.is_loopback() || named.iter().any(|proxy| proxy.to_canonical() == peer));
    let named = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    let named =
        named.and_then(|value| value.rsplit(',').next()).and_then(|ip| ip.trim().parse::<IpAddr>().ok());
    named.filter(|_| is_proxy).unwrap_or(peer).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn visitor_behind_a_proxy_is_whom_the_proxy_names_last() {
        let forwarded = |value: &'static str| {
            HeaderMap::from_iter([(
                http::HeaderName::from_static("x-forwarded-for"),
                HeaderValue::from_static(value),
            )])
        };
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let (here, far, proxy) = (ip("127.0.0.1"), ip("203.0.113.9"), ip("172.18.0.2"));
        let said = forwarded("10.0.0.1, 198.51.100.7");
        let here_alone: Option<&[IpAddr]> = Some(&[]);
        assert_eq!(sender(here_alone, &said, here), "198.51.100.7");
        assert_eq!(sender(here_alone, &said, ip("::1")), "198.51.100.7");
        assert_eq!(sender(here_alone, &said, ip("::ffff:127.0.0.1")), "198.51.100.7");
        assert_eq!(sender(here_alone, &said, far), "203.0.113.9", "a visitor names nobody");
        for lan in ["192.168.1.20", "10.0.0.7", "172.18.0.2", "fd00::7"] {
            assert_eq!(sender(here_alone, &said, ip(lan)), lan, "nor does one on the same network");
        }
        assert_eq!(sender(here_alone, &said, ip("::ffff:192.168.1.20")), "192.168.1.20");
        for peer in [proxy, ip("::ffff:172.18.0.2"), here] {
            assert_eq!(sender(Some(&[proxy]), &said, peer), "198.51.100.7", "{peer}");
        }
        assert_eq!(sender(Some(&[proxy]), &said, ip("172.18.0.3")), "172.18.0.3");
        assert_eq!(sender(None, &said, here), "127.0.0.1");
        assert_eq!(sender(here_alone, &forwarded("unknown"), here), "127.0.0.1");
        assert_eq!(sender(here_alone, &HeaderMap::new(), here), "127.0.0.1");
    }
}
