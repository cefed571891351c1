//! Lambda entry point of every function.

#[tokio::main]
async fn main() -> Result<(), aws_platform::BoxError> {
    bootstrap::run(&std::env::var("_HANDLER").unwrap_or_default()).await
}
