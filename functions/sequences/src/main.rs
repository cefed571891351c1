//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("sequences").await?;
    http_api::run(http_api::router(sequences::routes(), sequences::App::new(&ports), &ports)).await
}
