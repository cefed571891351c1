//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("due_steps").await?;
    queue_consumer::run(due_steps::handler(&ports)).await
}
