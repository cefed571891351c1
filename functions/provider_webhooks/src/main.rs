//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("provider_webhooks").await?;
    http_api::run(http_api::router(provider_webhooks::routes(), provider_webhooks::App::new(&ports), &ports))
        .await
}
