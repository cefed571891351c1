//! Rate limits, and "have we seen this before?".

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::capacity::queue_position::Place;
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

    /// Begins a request under its idempotency key, or tells what is known there. One that failed, or runs for longer than it
    /// can, is begun again by whoever asks for the same, and keeps its id; by whoever asks for something else, as another.
    async fn begin_request(&self, key: &str, request: KeyedRequest, now: Timestamp) -> StoreResult<Begun>;
    /// The answer of a request that is running. `Conflict` where it is not.
    async fn store_answer(
        &self,
        key: &str,
        request: &KeyedRequest,
        answer: &StoredAnswer,
        now: Timestamp,
    ) -> StoreResult<()>;
    /// The running request has failed, and nobody knows how far it came: its id stays.
    async fn give_up_request(&self, key: &str, request: &KeyedRequest, now: Timestamp) -> StoreResult<()>;
    /// Forgets a running request that did nothing.
    async fn forget_request(&self, key: &str, request: &KeyedRequest) -> StoreResult<()>;
}

/// A request that came with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedRequest {
    /// Knows this attempt from all others.
    pub attempt: String,
    /// The same for each attempt at the same request: what it makes is made once.
    pub id: String,
    /// SHA-256 of the body.
    pub hash: String,
    /// How long its key is kept.
    pub keep: SignedDuration,
    /// Whoever has run for so long has died.
    pub lasts: SignedDuration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// By this attempt.
    Ours(KeyedRequest),
    /// By another before it, with a body of this hash; without an answer it is running.
    Before { hash: String, answer: Option<StoredAnswer> },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    pub status: u16,
    pub body: String,
}
