//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("personalize_lead").await?;
    queue_consumer::run(personalize_lead::handler(&ports)).await
}
