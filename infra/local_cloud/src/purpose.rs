//! The purpose of a call: a label that follows the task and splits the ledger by what the capacity was used
//! for.

use std::future::Future;
use std::sync::Arc;

tokio::task_local! {
    static PURPOSE: Arc<str>;
}

/// Runs a future under a label; the innermost label counts.
pub async fn scope<F: Future>(label: &str, future: F) -> F::Output {
    PURPOSE.scope(label.into(), future).await
}

/// The label of the present task, empty without one.
pub(crate) fn current() -> Arc<str> {
    PURPOSE.try_with(Arc::clone).unwrap_or_else(|_| "".into())
}
