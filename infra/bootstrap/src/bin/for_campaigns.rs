//! Lambda entry point of the functions for campaigns and what they send.

fn main() -> Result<(), aws_platform::BoxError> {
    bootstrap::serve(bootstrap::for_campaigns::build, |_, _| None)
}
