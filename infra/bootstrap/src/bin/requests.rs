//! Lambda entry point of every function that answers requests.

fn main() -> Result<(), aws_platform::BoxError> {
    bootstrap::serve(bootstrap::requests)
}
