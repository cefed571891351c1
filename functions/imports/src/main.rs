//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("imports").await?;
    http_api::run(http_api::router(imports::routes(), imports::App::new(&ports), &ports)).await
}
