//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("tasks").await?;
    http_api::run(http_api::router(tasks::routes(), tasks::App::new(&ports), &ports)).await
}
