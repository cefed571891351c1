//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("web").await?;
    http_api::run(http_api::router(web::routes(), web::App::new(&ports), &ports)).await
}
