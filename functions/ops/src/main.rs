//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("ops").await?;
    http_api::run(http_api::router(ops::routes(), ops::App::new(&ports), &ports)).await
}
