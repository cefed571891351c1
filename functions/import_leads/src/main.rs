//! Lambda entry point.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    let ports = aws_platform::start("import_leads").await?;
    queue_consumer::run(import_leads::handler(&ports)).await
}
