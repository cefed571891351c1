//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("auth").await?;
    http_api::run(http_api::router(auth::routes(), auth::App::new(&ports), &ports)).await
}
