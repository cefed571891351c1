//! The private bucket, for everything that is too large for the table or a queue.

use crate::ports::store::{BoxError, StoreResult};
use async_trait::async_trait;
use std::time::Duration;

/// A permission to put one object into the bucket: its address, and the headers that go along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadTicket {
    pub url: String,
    pub headers: Vec<(String, String)>,
}

#[async_trait]
pub trait Blobs: Send + Sync {
    async fn put(&self, key: &str, content_type: &str, body: Vec<u8>) -> StoreResult<()>;
    /// Puts an object where there is none; `Conflict` if there is one.
    async fn put_new(&self, key: &str, content_type: &str, body: Vec<u8>) -> StoreResult<()>;
    /// Reads an object; `NotFound` when there is none.
    async fn get(&self, key: &str) -> StoreResult<Vec<u8>>;
    /// Lets the ticket's holder put an object there, of exactly this size and kind, for a while. It is signed with
    /// this function's own permissions.
    async fn upload_ticket(
        &self,
        key: &str,
        content_type: &str,
        size_bytes: u64,
        valid: Duration,
    ) -> StoreResult<UploadTicket>;
    async fn delete(&self, key: &str) -> StoreResult<()>;
    /// Returns the keys with this prefix, in order.
    async fn list(&self, prefix: &str) -> StoreResult<Vec<String>>;
    /// Returns the number of bytes under all keys with this prefix.
    async fn total_bytes(&self, prefix: &str) -> StoreResult<u64> {
        let mut total = 0;
        for key in self.list(prefix).await? {
            total += self.get(&key).await?.len() as u64;
        }
        Ok(total)
    }
}

/// Wraps an adapter's error that is neither success nor "not there".
pub fn unavailable(source: impl Into<BoxError>) -> crate::ports::store::StoreError {
    crate::ports::store::StoreError::Unavailable(source.into())
}
