//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("dashboard").await?;
    http_api::run(http_api::router(dashboard::routes(), dashboard::App::new(&ports), &ports)).await
}
