//! Lambda entry point of the functions for the inbox, calls, money, settings and the web app.

fn main() -> Result<(), aws_platform::BoxError> {
    bootstrap::serve(bootstrap::inbox_and_settings::build, bootstrap::direct)
}
