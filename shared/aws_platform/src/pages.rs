//! Open pages, over the management API of the WebSocket API (`@connections`), by signed HTTP like the bucket.

use crate::signing::Signer;
use application::ports::blobs::unavailable;
use application::ports::push::PushSender;
use application::ports::store::{StoreError, StoreResult};
use async_trait::async_trait;
use aws_sigv4::http_request::{PayloadChecksumKind, SigningSettings};
use http::{Method, Request, StatusCode, Uri};
use providers::transport::Http;
use std::sync::Arc;

pub struct Pages {
    pub http: Arc<dyn Http>,
    pub signer: Signer,
    /// The address that stands in for the public one of AWS.
    pub endpoint: Option<String>,
    /// The address that pages connect to.
    pub address: Option<String>,
}

#[async_trait]
impl PushSender for Pages {
    async fn send(&self, connection: &str, text: &str) -> StoreResult<()> {
        self.call(Method::POST, connection, text).await
    }

    async fn close(&self, connection: &str) -> StoreResult<()> {
        match self.call(Method::DELETE, connection, "").await {
            Err(StoreError::NotFound) => Ok(()),
            other => other,
        }
    }

    fn address(&self) -> Option<String> {
        self.address.clone()
    }
}

impl Pages {
    async fn call(&self, method: Method, connection: &str, body: &str) -> StoreResult<()> {
        let url = self.url(connection)?;
        let mut request =
            Request::builder().method(method).uri(url).body(body.as_bytes().to_vec()).map_err(unavailable)?;
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let signed = self.signer.sign(&mut request, settings, false).await;
        signed.map_err(StoreError::Unavailable)?;
        match self.http.send(request).await.map_err(unavailable)?.status() {
            StatusCode::GONE => Err(StoreError::NotFound),
            status if status.is_success() => Ok(()),
            status => Err(unavailable(format!("the management API answered {status}"))),
        }
    }

    /// Makes the address of a connection. Its id may end with `=`, which belongs into a path only encoded.
    fn url(&self, connection: &str) -> StoreResult<String> {
        let none = || unavailable("this function has no PUSH_URL");
        let address = self.address.as_deref().ok_or_else(none)?;
        let (_, rest) = address.split_once("://").ok_or_else(none)?;
        let id = connection.replace('=', "%3D");
        match &self.endpoint {
            Some(endpoint) => {
                let stage = Uri::try_from(address).map_err(unavailable)?.path().to_owned();
                Ok(format!("{}{stage}/@connections/{id}", endpoint.trim_end_matches('/')))
            }
            None => Ok(format!("https://{rest}/@connections/{id}")),
        }
    }
}
