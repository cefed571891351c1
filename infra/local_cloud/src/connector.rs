//! The AWS SDK's HTTP-client seam: SDK clients built on it reach this cloud and open no socket.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

use crate::bucket::{ConnectionLost, http_response};
use crate::cloud::{Inner, LocalCloud};
use crate::dispatch::Outcome;
use crate::faults::{Call, Moment};
use crate::names::REGION;
use crate::principal::Principal;
use crate::wire::Service;
use crate::{purpose, trace};

pub const ACCESS_KEY: &str = "LOCALCLOUD";
pub const SECRET_KEY: &str = "local-cloud-secret";

impl LocalCloud {
    /// Answers a signed request to a service that has no SDK here: the bucket, or the connections of open pages.
    pub fn signed_request(
        &self,
        principal: &Principal,
        request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Vec<u8>>, ConnectionLost> {
        match request.uri().path().contains("/@connections/") {
            true => self.connections_request(principal, request),
            false => self.s3_request(principal, request),
        }
    }

    /// An HTTP client for SDK configurations; every call through it is made by the principal.
    pub fn http_client(&self, principal: Principal) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(Connector { cloud: self.inner.clone(), principal });
        http_client_fn(move |_, _| connector.clone())
    }

    /// A complete SDK configuration: `aws_sdk_sqs::Client::new(&cloud.sdk_config_for(principal))`. Nothing is
    /// read from the environment, nothing is retried, nothing waits, signatures carry the cloud's time.
    pub fn sdk_config_for(&self, principal: Principal) -> SdkConfig {
        let credentials = Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "local_cloud");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(REGION))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(self.http_client(principal))
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .identity_cache(aws_sdk_dynamodb::config::IdentityCache::no_cache())
            .time_source(CloudTime(self.inner.clone()))
            .build()
    }

    /// The same with the retries that a deployed function's clients make; none of them waits.
    pub fn retrying_sdk_config_for(&self, principal: Principal) -> SdkConfig {
        self.sdk_config_for(principal)
            .into_builder()
            .retry_config(RetryConfig::standard())
            .sleep_impl(SharedAsyncSleep::new(NoWait))
            .build()
    }
}

impl LocalCloud {
    /// Answers a request as it comes over a socket: one of a JSON protocol, else one to the bucket. Only the
    /// bucket checks the signature.
    pub fn request(
        &self,
        principal: &Principal,
        request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Vec<u8>>, ConnectionLost> {
        let target = request.headers().get("x-amz-target").and_then(|value| value.to_str().ok());
        let Some(target) = target else { return self.signed_request(principal, request) };
        match self.inner.call(principal, purpose::current(), target, request.body()) {
            Outcome::Lost => Err(ConnectionLost),
            Outcome::Reply(reply) => Ok(http_response(reply)),
        }
    }
}

#[derive(Debug)]
struct NoWait;

impl AsyncSleep for NoWait {
    fn sleep(&self, _: Duration) -> Sleep {
        Sleep::new(async {})
    }
}

struct Connector {
    cloud: Arc<Inner>,
    principal: Principal,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connector({})", self.principal.name())
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (cloud, principal, purpose) = (self.cloud.clone(), self.principal.clone(), purpose::current());
        let trace = trace::current();
        HttpConnectorFuture::new(async move {
            let request = Arc::new(request);
            pass(&cloud, &principal, &request, Moment::Before).await;
            let work = {
                let (cloud, principal, request) = (cloud.clone(), principal.clone(), request.clone());
                move || {
                    let (target, body) = parts(&request);
                    trace::resume(trace, || cloud.call(&principal, purpose, target, body))
                }
            };
            let outcome = match cloud.blocking {
                true => {
                    let work = tokio::task::spawn_blocking(work).await;
                    work.map_err(|e| ConnectorError::other(e.into(), None))?
                }
                false => work(),
            };
            pass(&cloud, &principal, &request, Moment::After).await;
            match outcome {
                Outcome::Lost => Err(ConnectorError::io("connection reset by peer".into())),
                Outcome::Reply(reply) => {
                    let status = StatusCode::try_from(reply.status)
                        .map_err(|e| ConnectorError::other(e.into(), None))?;
                    let mut response = HttpResponse::new(status, SdkBody::from(reply.body));
                    for (name, value) in reply.headers {
                        response.headers_mut().insert(name, value);
                    }
                    Ok(response)
                }
            }
        })
    }
}

fn parts(request: &HttpRequest) -> (&str, &[u8]) {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    (target, request.body().bytes().unwrap_or_default())
}

/// Waits for as long as the gate holds the caller up at this moment.
async fn pass(cloud: &Inner, principal: &Principal, request: &HttpRequest, moment: Moment) {
    let (target, body) = parts(request);
    let Some((service, operation)) = Service::of_target(target) else { return };
    let call = Call { service, operation, principal: principal.name(), resource: "*", body };
    if let Some(pause) = cloud.faults.pause(moment, &call) {
        pause.await;
    }
}

struct CloudTime(Arc<Inner>);

impl fmt::Debug for CloudTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CloudTime")
    }
}

impl TimeSource for CloudTime {
    fn now(&self) -> SystemTime {
        let millis = u64::try_from(self.0.clock.now().as_millisecond()).unwrap_or(0);
        UNIX_EPOCH + Duration::from_millis(millis)
    }
}
