//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("campaigns").await?;
    http_api::run(http_api::router(campaigns::routes(), campaigns::App::new(&ports), &ports)).await
}
