//! The contract against an endpoint over the network, where waiting is real.

use std::sync::Arc;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;

use super::{Clients, LetPass, Report, run};
use crate::names::REGION;

/// Runs every check against an emulator (`http://127.0.0.1:4566`). Takes about a minute.
pub async fn against(endpoint: &str, run_id: &str) -> Report {
    let let_pass: LetPass = Arc::new(|duration| Box::pin(tokio::time::sleep(duration)));
    run(Clients::new(&config(endpoint)), let_pass, run_id).await
}

fn config(endpoint: &str) -> SdkConfig {
    let provider = tls::Provider::Rustls(CryptoMode::Ring);
    let client = aws_smithy_http_client::Builder::new().tls_provider(provider).build_https();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "test", "test", None, None, "contract",
        )))
        .http_client(client)
        .retry_config(RetryConfig::disabled())
        .build()
}
