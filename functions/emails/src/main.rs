//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("emails").await?;
    http_api::run(http_api::router(emails::routes(), emails::App::new(&ports), &ports)).await
}
