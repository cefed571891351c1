//! Lambda entry point of the functions for leads, lists and campaigns.

fn main() -> Result<(), aws_platform::BoxError> {
    bootstrap::serve(bootstrap::leads_and_campaigns::build, |_, _| None)
}
