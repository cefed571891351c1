//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("send_message").await?;
    queue_consumer::run(send_message::handler(&ports)).await
}
