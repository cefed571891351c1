//! Rate limits, and "have we seen this before?".

use crate::store::StoreResult;
use async_trait::async_trait;
use domain::line::Place;
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

    /// What was taken of the bucket's present window.
    async fn taken(&self, bucket: &str, window: SignedDuration, now: Timestamp) -> StoreResult<u32>;

    /// What was taken in this window was not needed. In one attempt: what may have been given back is not given back again.
    async fn give_back(&self, bucket: &str, window: SignedDuration, now: Timestamp) -> StoreResult<()>;

    /// A place in a line, behind all who came before: the beginning of the first window, of that of `from` or later, that
    /// has one left, of `allowed` in each.
    async fn line_up(
        &self,
        line: &str,
        allowed: u32,
        window: SignedDuration,
        from: Timestamp,
    ) -> StoreResult<Timestamp>;

    /// Who came last into that line. Windows are counted from 1970.
    async fn last_in_line(&self, line: &str, window: SignedDuration) -> StoreResult<Option<Place>>;

    /// Takes the key for `who` unless somebody else has taken it less than `apart` ago; answers when they will have had
    /// it so long.
    async fn keep_apart(
        &self,
        key: &str,
        who: &str,
        apart: SignedDuration,
        now: Timestamp,
    ) -> StoreResult<Result<(), Timestamp>>;

    /// `who` did not need the key.
    async fn let_go(&self, key: &str, who: &str) -> StoreResult<()>;

    /// True for the first caller with this key; the key is forgotten after `keep`. For effects that have no item of
    /// their own to be idempotent on: provider event ids, idempotency keys.
    async fn first_time(&self, key: &str, now: Timestamp, keep: SignedDuration) -> StoreResult<bool>;

    /// The answer stored under an idempotency key, if any. `status` 0: its request is still running.
    async fn stored_answer(&self, key: &str) -> StoreResult<Option<StoredAnswer>>;
    /// Stores when there is none, or when the stored one is still running (`status` 0) and this one is not.
    /// `Conflict` otherwise.
    async fn store_answer(
        &self,
        key: &str,
        answer: &StoredAnswer,
        now: Timestamp,
        keep: SignedDuration,
    ) -> StoreResult<()>;
    /// Forgets a running request that failed, so that it may be tried again.
    async fn forget_answer(&self, key: &str) -> StoreResult<()>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// SHA-256 of the request body.
    pub request_hash: String,
    pub status: u16,
    pub body: String,
}
