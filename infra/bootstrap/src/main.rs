//! Lambda entry point of every function.

fn main() -> Result<(), aws_platform::BoxError> {
    let handler = std::env::var("_HANDLER").unwrap_or_default();
    bootstrap::on_deep_stack(|| bootstrap::wait_for(bootstrap::run(&handler)))??
}
