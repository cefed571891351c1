//! The errors and pages that all stores share.
//!
//! `save` on every store keeps one promise: it MUST write only if the stored item's `rev` equals the entity's (0
//! means "not stored yet"), MUST store `rev + 1` with the event on the same item, and returns the new `rev`.

pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
pub type StoreResult<T> = Result<T, StoreError>;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is no such item")]
    NotFound,
    /// Another writer was first, or the item exists already. A transaction that merely met another one in
    /// progress is retried, and is no conflict.
    #[error("the item was changed by somebody else")]
    Conflict,
    #[error("the store did not answer")]
    Unavailable(#[source] BoxError),
    #[error("the item at {key} cannot be read: {why}")]
    Corrupt { key: String, why: String },
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

/// Ignores a conflict, for a write that may come too late: what is stored by now stays.
pub fn unless_taken(result: StoreResult<()>) -> StoreResult<()> {
    match result {
        Err(StoreError::Conflict) => Ok(()),
        other => other,
    }
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
