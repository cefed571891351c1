//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("enrol_leads").await?;
    queue_consumer::run(enrol_leads::handler(&ports)).await
}
