//! Connections to providers that open no socket: HTTP requests are answered by a function, mail goes through
//! a pipe.

use axum::body::Body;
use http::{Request, Response};
use http_body_util::BodyExt;
use providers::transport::{InProcessHttp, PipeImap, PipeSmtp, TransportError};
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
