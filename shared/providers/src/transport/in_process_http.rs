//! The HTTP transport without sockets: tests, `demo` and the simulation answer requests with a function.

use super::{Http, TransportError};
use async_trait::async_trait;
use std::future::Future;
use std::pin::Pin;

type Answer = Pin<Box<dyn Future<Output = Result<http::Response<Vec<u8>>, TransportError>> + Send>>;

pub struct InProcessHttp(Box<dyn Fn(http::Request<Vec<u8>>) -> Answer + Send + Sync>);

impl InProcessHttp {
    pub fn new<F, A>(answer: F) -> Self
    where
        F: Fn(http::Request<Vec<u8>>) -> A + Send + Sync + 'static,
        A: Future<Output = Result<http::Response<Vec<u8>>, TransportError>> + Send + 'static,
    {
        Self(Box::new(move |request| Box::pin(answer(request))))
    }
}

#[async_trait]
impl Http for InProcessHttp {
    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, TransportError> {
        (self.0)(request).await
    }
}
