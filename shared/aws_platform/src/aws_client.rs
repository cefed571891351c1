//! The SDK's way to AWS: its requests go over the HTTP library that everything else uses, so that a function links
//! only one.

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::identity::IdentityCache;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use providers::transport::install_tls;
use std::time::Duration;

const CONNECT: Duration = Duration::from_secs(3);
/// The longest wait between two pieces of an answer. Lambda's own limit on a run is the outer one.
const SILENCE: Duration = Duration::from_secs(10);
/// The longest that an idle connection is kept: a frozen function wakes with dead ones.
const IDLE: Duration = Duration::from_secs(20);

/// Makes the configuration as Lambda provides it: region and credentials from the environment, and no other source of
/// them. `AWS_ENDPOINT_URL` names another address of AWS than its public one.
pub fn sdk_config() -> Result<SdkConfig, reqwest::Error> {
    let region = std::env::var("AWS_REGION").unwrap_or_else(|_| "us-east-1".to_owned());
    let mut config = SdkConfig::builder();
    config.set_endpoint_url(std::env::var("AWS_ENDPOINT_URL").ok());
    Ok(config
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new()))
        .identity_cache(IdentityCache::lazy().build())
        .http_client(http_client()?)
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .time_source(SystemTimeSource::new())
        // The default is stated here so that no version of the SDK changes it: the table's client relies on it.
        .retry_config(RetryConfig::standard())
        .build())
}

pub fn http_client() -> Result<SharedHttpClient, reqwest::Error> {
    install_tls();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
        .pool_idle_timeout(IDLE)
        .no_proxy()
        .build()?;
    let connector = SharedHttpConnector::new(Connector(client));
    Ok(http_client_fn(move |_, _| connector.clone()))
}

#[derive(Debug)]
struct Connector(reqwest::Client);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move {
            let (head, body) = request.try_into_http1x().map_err(|error| other(error.into()))?.into_parts();
            // The bodies of all services in use are in memory.
            let body = body.bytes().map(<[u8]>::to_vec).ok_or_else(|| other("a streaming body".into()))?;
            let request =
                reqwest::Request::try_from(http::Request::from_parts(head, body)).map_err(classify)?;
            let mut answer = client.execute(request).await.map_err(classify)?;
            let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
            let mut whole = http::Response::new(SdkBody::from(answer.bytes().await.map_err(classify)?));
            *whole.status_mut() = status;
            *whole.headers_mut() = headers;
            HttpResponse::try_from(whole).map_err(|error| other(error.into()))
        })
    }
}

fn other(error: crate::BoxError) -> ConnectorError {
    ConnectorError::other(error, None)
}

/// Classifies an error for the SDK's retries: a broken connection and a silent one are retried.
fn classify(error: reqwest::Error) -> ConnectorError {
    if error.is_timeout() {
        ConnectorError::timeout(error.into())
    } else if error.is_builder() {
        other(error.into())
    } else {
        ConnectorError::io(error.into())
    }
}

/// Stands in for AWS on this machine: hangs up on the first requests, answers the others, counts them.
#[cfg(test)]
pub(crate) fn answering(
    target: &'static str,
    hang_ups: usize,
    body: String,
) -> (String, std::sync::Arc<std::sync::atomic::AtomicUsize>) {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::sync::atomic::Ordering;
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = asked.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut asked_for, mut length) = (String::new(), 0);
            for line in reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
                let (name, value) = line.split_once(": ").unwrap_or_default();
                match name.to_lowercase().as_str() {
                    "x-amz-target" => asked_for = value.to_owned(),
                    "content-length" => length = value.parse().unwrap(),
                    _ => {}
                }
            }
            reader.read_exact(&mut vec![0; length]).unwrap();
            assert_eq!(asked_for, target);
            if count.fetch_add(1, Ordering::Relaxed) >= hang_ups {
                let length = body.len();
                let head =
                    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
                stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
            }
        }
    });
    (format!("http://{address}"), asked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_credential_types::Credentials;
    use aws_smithy_types::retry::RetryMode;
    use std::sync::atomic::Ordering;

    #[tokio::test]
    async fn call_reaches_the_table_after_a_broken_connection() {
        let (url, asked) =
            answering("DynamoDB_20120810.GetItem", 1, r#"{"Item":{"pk":{"S":"a"}}}"#.to_owned());
        let config = sdk_config().unwrap().into_builder();
        let keys = Credentials::new("key", "secret", None, None, "test");
        let config =
            config.endpoint_url(url).credentials_provider(SharedCredentialsProvider::new(keys)).build();
        let key = aws_sdk_dynamodb::types::AttributeValue::S("a".to_owned());
        let get = aws_sdk_dynamodb::Client::new(&config).get_item().table_name("t").key("pk", key.clone());
        let found = get.send().await.unwrap();
        assert_eq!(found.item().and_then(|item| item.get("pk")), Some(&key));
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn retry_mode_and_attempts_are_set_explicitly() {
        let config = sdk_config().unwrap();
        let retries = config.retry_config().unwrap();
        assert_eq!((retries.mode(), retries.max_attempts()), (RetryMode::Standard, 3));
    }
}
