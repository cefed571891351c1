//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("ingest_event").await?;
    queue_consumer::run(ingest_event::handler(&ports)).await
}
