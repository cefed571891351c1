//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("settings").await?;
    http_api::run(http_api::router(settings::routes(), settings::App::new(&ports), &ports)).await
}
