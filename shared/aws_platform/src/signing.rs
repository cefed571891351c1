//! Signs requests to AWS services without an SDK here (Signature Version 4).

use application::Clock;
use application::ports::store::BoxError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use http::Request;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

pub struct Signer {
    pub clock: Arc<dyn Clock>,
    pub credentials: Option<SharedCredentialsProvider>,
    pub region: String,
    /// The service as the scope of a signature names it.
    pub service: &'static str,
}

impl Signer {
    /// Signs a request. `any_body`: the body is not known yet, and the signature holds for any.
    pub async fn sign(
        &self,
        request: &mut Request<Vec<u8>>,
        settings: SigningSettings,
        any_body: bool,
    ) -> Result<(), BoxError> {
        let provider = self.credentials.as_ref().ok_or("there are no credentials")?;
        let identity = provider.provide_credentials().await?.into();
        let now = u64::try_from(self.clock.now().as_second()).unwrap_or(0);
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(self.service)
            .time(UNIX_EPOCH + Duration::from_secs(now))
            .settings(settings)
            .build()?
            .into();
        let uri = request.uri().to_string();
        let headers =
            request.headers().iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        let body = match any_body {
            true => SignableBody::UnsignedPayload,
            false => SignableBody::Bytes(request.body()),
        };
        let signable = SignableRequest::new(request.method().as_str(), &uri, headers, body)?;
        let (instructions, _) = sign(signable, &parameters)?.into_parts();
        instructions.apply_to_request_http1x(request);
        Ok(())
    }
}
