//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("inbox").await?;
    http_api::run(http_api::router(inbox::routes(), inbox::App::new(&ports), &ports)).await
}
