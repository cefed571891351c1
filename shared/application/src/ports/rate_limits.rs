//! Stores rate limits, caps, and keys for "have we seen this before?".

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::capacity::queue_position::QueuePosition;
use jiff::{SignedDuration, Timestamp};

#[async_trait]
pub trait RateLimitStore: Send + Sync {
    /// Takes one of `allowed` per `window` from the named bucket. Returns how long to wait when none is left.
    async fn take(
        &self,
        bucket: &str,
        allowed: u32,
        window: SignedDuration,
        now: Timestamp,
    ) -> StoreResult<Result<(), SignedDuration>>;

    /// Counts one more under the key, and returns how many that makes; a repeated attempt may count twice. The key is
    /// forgotten after `keep`, so it names the hour or the day that is counted.
    async fn count(&self, key: &str, keep: SignedDuration, now: Timestamp) -> StoreResult<u32>;

    /// Returns how many were taken in the bucket's present window.
    async fn taken(&self, bucket: &str, window: SignedDuration, now: Timestamp) -> StoreResult<u32>;

    /// Gives back what was taken in this window and not needed. It is attempted once, so that nothing is given back
    /// twice.
    async fn give_back(&self, bucket: &str, window: SignedDuration, now: Timestamp) -> StoreResult<()>;

    /// Takes a place in a line behind all who came before. Returns the start of the first window at or after `from`
    /// that has a place left, of `allowed` in each.
    async fn take_position(
        &self,
        line: &str,
        allowed: u32,
        window: SignedDuration,
        from: Timestamp,
    ) -> StoreResult<Timestamp>;

    /// Returns the last place taken in that line. Windows are counted from 1970.
    async fn last_position(&self, line: &str, window: SignedDuration) -> StoreResult<Option<QueuePosition>>;

    /// Takes the key for `who` unless another holder has taken it less than `apart` ago. If so, returns when
    /// `apart` will have passed.
    async fn take_key(
        &self,
        key: &str,
        who: &str,
        apart: SignedDuration,
        now: Timestamp,
    ) -> StoreResult<Result<(), Timestamp>>;

    /// Gives the key back, because `who` did not need it.
    async fn release_key(&self, key: &str, who: &str) -> StoreResult<()>;

    /// Returns true for the first caller with this key; the key is forgotten after `keep`. It is for effects that
    /// have no item of their own to be idempotent on: provider event ids, idempotency keys.
    async fn first_time(&self, key: &str, now: Timestamp, keep: SignedDuration) -> StoreResult<bool>;

    /// Begins a request under its idempotency key, or returns what is known there. A request that failed, or runs for
    /// longer than it can, is begun again: by a repetition of the same request under its old id, by a different
    /// request as a new one.
    async fn begin_request(&self, key: &str, request: KeyedRequest, now: Timestamp) -> StoreResult<Begun>;
    /// Stores the answer of a running request. `Conflict` where it is not running.
    async fn store_answer(
        &self,
        key: &str,
        request: &KeyedRequest,
        answer: &StoredAnswer,
        now: Timestamp,
    ) -> StoreResult<()>;
    /// Marks a running request as failed. Nobody knows how far it came, so its id stays.
    async fn give_up_request(&self, key: &str, request: &KeyedRequest, now: Timestamp) -> StoreResult<()>;
    /// Forgets a running request that did nothing.
    async fn forget_request(&self, key: &str, request: &KeyedRequest) -> StoreResult<()>;
}

/// A request that came with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedRequest {
    /// The id of this attempt.
    pub attempt: String,
    /// The id that all attempts at the same request share: what they make is made once.
    pub id: String,
    /// The SHA-256 of the body.
    pub hash: String,
    /// How long the key is kept.
    pub keep: SignedDuration,
    /// The longest that an attempt can run: one that has run for longer has died.
    pub lasts: SignedDuration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// The request was begun by this attempt.
    Ours(KeyedRequest),
    /// The request was begun by another attempt before, with a body of this hash. Without an answer it is running.
    Before { hash: String, answer: Option<StoredAnswer> },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    pub status: u16,
    pub body: String,
}
