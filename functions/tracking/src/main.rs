//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("tracking").await?;
    http_api::run(http_api::router(tracking::routes(), tracking::App::new(&ports), &ports)).await
}
