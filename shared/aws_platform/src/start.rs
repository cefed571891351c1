//! Starting under Lambda: logs, configuration, one TLS stack, credentials, the secret; all before the first event.

use crate::BoxError;
use crate::config::Config;
use crate::connect::{Outside, connect};
use crate::random_ids::RandomIds;
use application::Ports;
use application::clock::SystemClock;
use aws_smithy_http_client::{Builder, tls};
use providers::transport::{LettreSmtp, Reach, ReqwestHttp};
use std::sync::Arc;

/// Reads this function's configuration and secret and connects everything it may use.
pub async fn start(function: &str) -> Result<Ports, BoxError> {
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(
            tracing_subscriber::EnvFilter::from_default_env().add_directive(tracing::Level::INFO.into()),
        )
        .with_current_span(false)
        .without_time()
        .init();
    let config = Config::read(function, |name| std::env::var(name).ok())?;
    let ring = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
    let client = Builder::new().tls_provider(ring).build_https();
    let aws = aws_config::defaults(aws_config::BehaviorVersion::latest()).http_client(client).load().await;
    let clock = Arc::new(SystemClock);
    let outside = Outside {
        aws,
        http: Arc::new(ReqwestHttp::new(Reach::Public)),
        smtp: Arc::new(LettreSmtp::new(Reach::Public)),
        ids: Arc::new(RandomIds::new(clock.clone())),
        clock,
        bucket_http: None,
    };
    connect(&config, outside).await
}
