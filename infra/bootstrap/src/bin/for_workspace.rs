//! Lambda entry point of the functions for sign-in, settings and the web app.

fn main() -> Result<(), aws_platform::BoxError> {
    bootstrap::serve(bootstrap::for_workspace::build, bootstrap::direct)
}
