//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("enrich_lead").await?;
    queue_consumer::run(enrich_lead::handler(&ports)).await
}
