//! The errors and pages that all stores share.
//!
//! `save` on every store keeps one promise: it MUST write only if the stored item's `rev` equals the entity's (0
//! means "not stored yet"), MUST store `rev + 1` with the event on the same item, and returns the new `rev`.

use domain::WorkspaceId;
use domain::lead::segment::RuleFault;

pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
pub type StoreResult<T> = Result<T, StoreError>;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is no such item")]
    NotFound,
    /// Another writer was first, or the item exists already. A transaction that merely met another one in
    /// progress is retried, and is no conflict.
    #[error("the item was changed by another writer")]
    Conflict,
    #[error("the store did not answer")]
    Unavailable(#[source] BoxError),
    #[error("the item at {key} cannot be read: {why}")]
    Corrupt { key: String, why: String },
    /// A query for leads names what is not there, such as a deleted segment or custom field. It selects nobody; whoever
    /// made it has to change it.
    #[error("the leads cannot be selected: {}", faults_in_words(.0))]
    BadQuery(Vec<RuleFault>),
    /// The cursor of a page is none of its list: it is torn, or belongs to another list or query.
    #[error("the cursor belongs to no page of this list")]
    BadCursor,
}

/// Tells what is wrong with a query for leads, for people.
pub fn faults_in_words(faults: &[RuleFault]) -> String {
    let each: Vec<String> = faults.iter().map(|fault| format!("{} {}", fault.path, fault.why)).collect();
    each.join("; ")
}

impl StoreError {
    /// Returns the error with its cause, for logs.
    pub fn in_full(&self) -> String {
        match std::error::Error::source(self) {
            Some(cause) => format!("{self}: {cause}"),
            None => self.to_string(),
        }
    }
}

/// Turns `NotFound` into `None`, for an item that may be missing.
pub fn found<T>(result: StoreResult<T>) -> StoreResult<Option<T>> {
    match result {
        Ok(item) => Ok(Some(item)),
        Err(StoreError::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}

/// Leaves out what cannot be read of one workspace, for work that goes through many: the others must not wait for it.
pub fn or_skip<T: Default>(result: StoreResult<T>, workspace: &WorkspaceId) -> StoreResult<T> {
    result.or_else(|error| match error {
        StoreError::Corrupt { .. } => {
            tracing::error!(workspace.id = %workspace, %error, "a workspace's item cannot be read");
            Ok(T::default())
        }
        other => Err(other),
    })
}

/// Ignores a conflict, for a write that may come too late: what is stored by now stays.
pub fn unless_taken(result: StoreResult<()>) -> StoreResult<()> {
    match result {
        Err(StoreError::Conflict) => Ok(()),
        other => other,
    }
}

/// The attempts to save a change against other writers, before the caller is told of the conflict.
pub const TRIES: usize = 5;

/// Awaits an attempt that reads, changes and saves (`retry!(async { … })`), and makes it again from the start while
/// another writer was first; the last attempt's conflict is the answer. There is no pause in between: whoever was
/// first has saved by then. `return` and `?` end the attempt, not the function around it.
///
/// It is a macro because the compiler does not see that the future of an async closure that borrows is `Send`.
#[macro_export]
macro_rules! retry {
    ($attempt:expr) => {{
        let mut tries = 1;
        loop {
            match $attempt.await {
                Err($crate::StoreError::Conflict) if tries < $crate::ports::store::TRIES => tries += 1,
                done => break done,
            }
        }
    }};
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The size of a page, 1–200.
    pub limit: usize,
    /// An opaque cursor from the page before.
    pub cursor: Option<String>,
}

impl PageRequest {
    pub fn first(limit: usize) -> Self {
        Self { limit, cursor: None }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(each).collect(), next_cursor: self.next_cursor }
    }
}

#[cfg(test)]
mod tests {
    use super::{StoreError, StoreResult, TRIES};
    use futures::FutureExt;

    /// Returns how often the attempt ran, and the answer.
    fn retried(answer: impl Fn(usize) -> StoreResult<()>) -> (usize, StoreResult<()>) {
        let mut made = 0;
        let attempts = async {
            retry!(async {
                made += 1;
                answer(made)
            })
        };
        let done = attempts.now_or_never().expect("nothing waits");
        (made, done)
    }

    #[test]
    fn attempt_runs_again_until_it_is_first() {
        let (tries, done) = retried(|number| if number < 3 { Err(StoreError::Conflict) } else { Ok(()) });
        assert!(tries == 3 && done.is_ok());
    }

    #[test]
    fn conflict_of_the_last_attempt_is_the_answer() {
        let (tries, done) = retried(|_| Err(StoreError::Conflict));
        assert!(tries == TRIES && matches!(done, Err(StoreError::Conflict)));
    }

    #[test]
    fn other_error_ends_the_attempts() {
        let (tries, done) = retried(|_| Err(StoreError::NotFound));
        assert!(tries == 1 && matches!(done, Err(StoreError::NotFound)));
    }
}
