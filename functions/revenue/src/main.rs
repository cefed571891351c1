//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("revenue").await?;
    http_api::run(http_api::router(revenue::routes(), revenue::App::new(&ports), &ports)).await
}
