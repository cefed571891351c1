//! Every function of the product, and the program that is deployed for each of them. Lambda says in
//! `_HANDLER`, as the template sets it, which of them a process is; its rights are those of that function's
//! role.

mod deep_stack;
mod registry;

pub use deep_stack::{on_deep_stack, wait_for};
pub use registry::{FUNCTIONS, Served, all_routes, build, gateway_routes, openapi};

use aws_platform::BoxError;
use registry::direct;

/// Serves one function under Lambda until it is shut down.
pub async fn run(handler: &str) -> Result<(), BoxError> {
    if !FUNCTIONS.contains(&handler) {
        return Err(format!("_HANDLER names no function of this program: {handler:?}").into());
    }
    let ports = aws_platform::start(handler).await?;
    match build(handler, &ports) {
        Some(Served::Routes(router)) => match direct(handler, &ports) {
            Some(direct) => http_api::run_with(router, direct).await,
            None => http_api::run(router).await,
        },
        Some(Served::Events(handler)) => queue_consumer::run(handler).await,
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_handler_that_is_none_is_named() {
        let refused = run("leeds").await.unwrap_err();
        assert_eq!(refused.to_string(), "_HANDLER names no function of this program: \"leeds\"");
    }
}
