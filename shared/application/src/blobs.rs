//! The private bucket: what is large.

use crate::store::{BoxError, StoreResult};
use async_trait::async_trait;

#[async_trait]
pub trait Blobs: Send + Sync {
    async fn put(&self, key: &str, content_type: &str, body: Vec<u8>) -> StoreResult<()>;
    /// `NotFound` when there is none.
    async fn get(&self, key: &str) -> StoreResult<Vec<u8>>;
    async fn delete(&self, key: &str) -> StoreResult<()>;
    /// Keys with this prefix, in order.
    async fn list(&self, prefix: &str) -> StoreResult<Vec<String>>;
}

/// For adapters: an answer that is neither success nor "not there".
pub fn unavailable(source: impl Into<BoxError>) -> crate::store::StoreError {
    crate::store::StoreError::Unavailable(source.into())
}
