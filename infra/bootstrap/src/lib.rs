//! Every function of the product, and the two programs that are deployed for them: one for those that answer requests, one
//! for those that take events. Lambda says in `_HANDLER`, as the template sets it, which function a process is; its rights
//! are those of that function's role.

mod deep_stack;
mod registry;

pub use deep_stack::{on_deep_stack, wait_for};
pub use registry::{FUNCTIONS, OF_EVENTS, OF_REQUESTS, Served, all_routes, build, gateway_routes, openapi};

use aws_platform::BoxError;
use registry::direct;

/// Serves the function that `_HANDLER` names under Lambda until it is shut down.
pub fn serve<F>(function: impl FnOnce(String) -> F + Send) -> Result<(), BoxError>
where
    F: Future<Output = Result<(), BoxError>>,
{
    let name = std::env::var("_HANDLER").unwrap_or_default();
    on_deep_stack(|| wait_for(function(name)))??
}

/// Answers the requests of one function.
pub async fn requests(name: String) -> Result<(), BoxError> {
    if !OF_REQUESTS.contains(&&*name) {
        return Err(unknown(&name));
    }
    let ports = aws_platform::start(&name).await?;
    let router = registry::router(&name, &ports).ok_or_else(|| unknown(&name))?;
    match direct(&name, &ports) {
        Some(direct) => http_api::run_with(router, direct).await,
        None => http_api::run(router).await,
    }
}

/// Takes the events of one function.
pub async fn events(name: String) -> Result<(), BoxError> {
    if !OF_EVENTS.contains(&&*name) {
        return Err(unknown(&name));
    }
    let ports = aws_platform::start(&name).await?;
    queue_consumer::run(registry::handler(&name, &ports).ok_or_else(|| unknown(&name))?).await
}

fn unknown(name: &str) -> BoxError {
    format!("_HANDLER names no function of this program: {name:?}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_handler_that_is_none_of_the_program_is_named() {
        let refused = requests("leeds".to_owned()).await.unwrap_err();
        assert_eq!(refused.to_string(), "_HANDLER names no function of this program: \"leeds\"");
        let refused = events("leads".to_owned()).await.unwrap_err();
        assert_eq!(refused.to_string(), "_HANDLER names no function of this program: \"leads\"");
    }
}
