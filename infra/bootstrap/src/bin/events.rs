//! Lambda entry point of the functions that take events, but for the jobs of imports and campaigns.

fn main() -> Result<(), aws_platform::BoxError> {
    bootstrap::serve(bootstrap::events::build, |_, _| None)
}
