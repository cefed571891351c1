//! Every function of the product, and the programs that are deployed for them, each with some of the functions: one with all
//! would be too large to start fast. Lambda says in `_HANDLER`, as the template sets it, which function a process is; its
//! rights are those of that function's role.

mod deep_stack;
mod registry;

pub use deep_stack::{on_deep_stack, wait_for};
pub use registry::{
    FUNCTIONS, PROGRAMS, Program, Served, all_routes, build, direct, for_campaigns, for_events, for_inbox,
    for_leads, for_workspace, gateway_routes, openapi,
};

use aws_platform::{BoxError, Connected};
use http_api::Direct;

/// Serves the function that `_HANDLER` names under Lambda until it is shut down.
///
/// # Errors
///
/// If the program has no such function, or the function cannot start.
pub fn serve(
    build: impl FnOnce(&str, &Connected) -> Option<Served> + Send,
    direct: impl FnOnce(&str, &Connected) -> Option<Direct> + Send,
) -> Result<(), BoxError> {
    let name = std::env::var("_HANDLER").unwrap_or_default();
    on_deep_stack(|| wait_for(run(&name, build, direct)))??
}

async fn run(
    name: &str,
    build: impl FnOnce(&str, &Connected) -> Option<Served>,
    direct: impl FnOnce(&str, &Connected) -> Option<Direct>,
) -> Result<(), BoxError> {
    let unknown = || format!("_HANDLER names no function of this program: {name:?}");
    if !FUNCTIONS.contains(&name) {
        return Err(unknown().into());
    }
    let ports = aws_platform::start(name).await?;
    match build(name, &ports).ok_or_else(unknown)? {
        Served::Routes(router) => match direct(name, &ports) {
            Some(direct) => http_api::run_with(router, direct).await,
            None => http_api::run(router).await,
        },
        Served::Events(handler) => queue_consumer::run(handler).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_handler_that_is_none_is_named() {
        let refused = run("leeds", build, direct).await.unwrap_err();
        assert_eq!(refused.to_string(), "_HANDLER names no function of this program: \"leeds\"");
    }

    #[test]
    fn each_function_belongs_to_one_program() {
        let mut functions: Vec<&str> =
            PROGRAMS.iter().flat_map(|program| program.functions).copied().collect();
        assert_eq!(functions, FUNCTIONS);
        let count = functions.len();
        functions.sort_unstable();
        functions.dedup();
        assert_eq!(functions.len(), count);
    }
}
