//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("notifications").await?;
    http_api::run(http_api::router(notifications::routes(), notifications::App::new(&ports), &ports)).await
}
