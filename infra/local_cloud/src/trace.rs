//! The chain of invocations that a call belongs to: the header that Lambda gives a function and that the SDK
//! sends along as `X-Amzn-Trace-Id`. Deployed, it is in the process's environment; here all functions share
//! one process, so it follows the task.

use std::future::Future;
use std::sync::Arc;

tokio::task_local! {
    static TRACE: Arc<str>;
}

/// Runs a future in a chain; messages that it sends carry it.
pub async fn scope<F: Future>(header: &str, future: F) -> F::Output {
    TRACE.scope(header.into(), future).await
}

/// The chain of the present task.
pub(crate) fn current() -> Option<Arc<str>> {
    TRACE.try_with(Arc::clone).ok()
}

/// Runs a closure in the chain of another task.
pub(crate) fn resume<T>(trace: Option<Arc<str>>, work: impl FnOnce() -> T) -> T {
    match trace {
        Some(trace) => TRACE.sync_scope(trace, work),
        None => work(),
    }
}
