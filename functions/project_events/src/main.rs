//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("project_events").await?;
    queue_consumer::run(project_events::handler(&ports)).await
}
