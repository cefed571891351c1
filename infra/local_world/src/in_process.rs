//! Connections to providers that open no socket: HTTP requests are answered by a function, mail goes through
//! a pipe.

use async_trait::async_trait;
use axum::body::Body;
use http::{Request, Response};
use http_body_util::BodyExt;
use providers::transport::{
    Http, InProcessHttp, InProcessWeb, PipeImap, PipeSmtp, ReqwestHttp, TransportError,
};
use sandbox::Sandbox;
use tower::ServiceExt;

/// The size of the pipe's buffer.
const PIPE_BYTES: usize = 64 * 1024;

pub fn http_to(sandbox: &Sandbox) -> InProcessHttp {
    let router = sandbox.router();
    InProcessHttp::new(move |request: Request<Vec<u8>>| {
        let router = router.clone();
        async move {
            let answered = router.oneshot(request.map(Body::from)).await;
            let (parts, body) = answered.map_err(|never| match never {})?.into_parts();
            let body = body.collect().await.map_err(|error| TransportError::Ambiguous(error.into()))?;
            Ok(Response::from_parts(parts, body.to_bytes().to_vec()))
        }
    })
}

/// Makes the door to websites: the names that the sandbox has are answered by it, and there are no others.
pub fn web_to(sandbox: &Sandbox) -> InProcessWeb {
    let sandbox = sandbox.clone();
    InProcessWeb::new(InProcessHttp::new(move |request| {
        let sandbox = sandbox.clone();
        async move {
            let answered = sandbox.answer_web(request).await;
            answered.ok_or_else(|| TransportError::NotSent("no such host".into()))
        }
    }))
}

/// HTTP over sockets, but for questions to the public internet about a domain, and to SNS: the sandbox answers those, so
/// that no question leaves the machine. A tracking domain that leads to the app there is answered by the app.
pub struct WithoutPublicDns {
    pub sockets: ReqwestHttp,
    pub sandbox: Sandbox,
}

#[async_trait]
impl Http for WithoutPublicDns {
    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        let (host, path) = (request.uri().host().unwrap_or_default(), request.uri().path());
        let is_public = host == "cloudflare-dns.com"
            || (host.starts_with("sns.") && host.ends_with(".amazonaws.com"))
            || host.starts_with("autoconfig.")
            || path.starts_with("/.well-known/autoconfig/");
        if is_public {
            http_to(&self.sandbox).send(request).await
        } else if path.starts_with("/.well-known/leadflow/") {
            if !self.sandbox.leads_to_app(host) {
                return Err(TransportError::NotSent("no such host".into()));
            }
            let at_app = format!("{}{path}", self.sandbox.config().app_url).parse();
            let (mut parts, body) = request.into_parts();
            parts.uri = at_app.map_err(|bad: http::uri::InvalidUri| TransportError::NotSent(bad.into()))?;
            self.sockets.send(Request::from_parts(parts, body)).await
        } else {
            self.sockets.send(request).await
        }
    }
}

pub fn smtp_to(sandbox: &Sandbox) -> PipeSmtp {
    let server = sandbox.clone();
    PipeSmtp::new(move |_| {
        let (ours, theirs) = tokio::io::duplex(PIPE_BYTES);
        let server = server.clone();
        tokio::spawn(async move {
            if let Err(error) = server.serve_smtp(theirs).await {
                tracing::debug!(%error, "a mail session broke");
            }
        });
        Ok(ours)
    })
}

pub fn imap_to(sandbox: &Sandbox) -> PipeImap {
    let server = sandbox.clone();
    PipeImap::new(move |_| {
        let (ours, theirs) = tokio::io::duplex(PIPE_BYTES);
        let server = server.clone();
        tokio::spawn(async move {
            if let Err(error) = server.serve_imap(theirs).await {
                tracing::debug!(%error, "an IMAP session broke");
            }
        });
        Ok(ours)
    })
}
