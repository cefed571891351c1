//! Lambda entry point of the functions for the inbox, tasks, calls and money.

fn main() -> Result<(), aws_platform::BoxError> {
    bootstrap::serve(bootstrap::for_inbox::build, |_, _| None)
}
