//! Lambda entry point of the functions for leads and lists.

fn main() -> Result<(), aws_platform::BoxError> {
    bootstrap::serve(bootstrap::for_leads::build, |_, _| None)
}
