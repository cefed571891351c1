//! Lambda entry point of every function that takes events.

fn main() -> Result<(), aws_platform::BoxError> {
    bootstrap::serve(bootstrap::events)
}
