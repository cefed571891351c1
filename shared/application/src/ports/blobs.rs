//! The private bucket: what is large.

use crate::ports::store::{BoxError, StoreResult};
use async_trait::async_trait;
use std::time::Duration;

/// What somebody needs to put one object into the bucket: where, and which headers go along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadTicket {
    pub url: String,
    pub headers: Vec<(String, String)>,
}

#[async_trait]
pub trait Blobs: Send + Sync {
    async fn put(&self, key: &str, content_type: &str, body: Vec<u8>) -> StoreResult<()>;
    /// `NotFound` when there is none.
    async fn get(&self, key: &str) -> StoreResult<Vec<u8>>;
    /// Lets whoever has it put an object there, of exactly this size and kind, for a while: with this function's own right.
    async fn upload_ticket(
        &self,
        key: &str,
        content_type: &str,
        size_bytes: u64,
        valid: Duration,
    ) -> StoreResult<UploadTicket>;
    async fn delete(&self, key: &str) -> StoreResult<()>;
    /// Keys with this prefix, in order.
    async fn list(&self, prefix: &str) -> StoreResult<Vec<String>>;
}

/// For adapters: an answer that is neither success nor "not there".
pub fn unavailable(source: impl Into<BoxError>) -> crate::ports::store::StoreError {
    crate::ports::store::StoreError::Unavailable(source.into())
}
