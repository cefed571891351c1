//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("nightly").await?;
    queue_consumer::run(nightly::handler(&ports)).await
}
