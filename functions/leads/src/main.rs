//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("leads").await?;
    http_api::run(http_api::router(leads::routes(), leads::App::new(&ports), &ports)).await
}
