//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("monitor").await?;
    queue_consumer::run(monitor::handler(&ports)).await
}
