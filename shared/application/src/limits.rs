//! Rate limits, and "have we seen this before?".

use crate::store::StoreResult;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

#[async_trait]
pub trait LimitStore: Send + Sync {
    /// Takes one of `allowed` per `window` from the named bucket. Answers how long to wait when none is left.
    async fn take(
        &self,
        bucket: &str,
        allowed: u32,
        window: SignedDuration,
        now: Timestamp,
    ) -> StoreResult<Result<(), SignedDuration>>;

    /// True for the first caller with this key; the key is forgotten after `keep`. For effects that have no item of
    /// their own to be idempotent on: provider event ids, idempotency keys.
    async fn first_time(&self, key: &str, now: Timestamp, keep: SignedDuration) -> StoreResult<bool>;

    /// The answer stored under an idempotency key, if any.
    async fn stored_answer(&self, key: &str) -> StoreResult<Option<StoredAnswer>>;
    /// `Conflict` when the key is taken.
    async fn store_answer(
        &self,
        key: &str,
        answer: &StoredAnswer,
        now: Timestamp,
        keep: SignedDuration,
    ) -> StoreResult<()>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// SHA-256 of the request body.
    pub request_hash: String,
    pub status: u16,
    pub body: String,
}
