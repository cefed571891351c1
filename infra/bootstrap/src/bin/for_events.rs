//! Lambda entry point of the functions for events, but for the jobs of imports and campaigns.

fn main() -> Result<(), aws_platform::BoxError> {
    bootstrap::serve(bootstrap::for_events::build, |_, _| None)
}
