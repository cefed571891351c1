//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("templates").await?;
    http_api::run(http_api::router(templates::routes(), templates::App::new(&ports), &ports)).await
}
