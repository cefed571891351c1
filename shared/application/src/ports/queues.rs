//! Inspects the queues: depth, dead letters, redrive.

use crate::ports::store::StoreResult;
use crate::queue_messages::Queue;
use async_trait::async_trait;

#[async_trait]
pub trait QueueInspector: Send + Sync {
    async fn depth(&self, queue: Queue) -> StoreResult<QueueDepth>;
    /// Counts the dead letters, and needs to be told of no other queue.
    async fn dead(&self, queue: Queue) -> StoreResult<u64>;
    /// Reads the bodies of up to ten dead letters, which stay where they are.
    async fn dead_letters(&self, queue: Queue) -> StoreResult<Vec<DeadLetter>>;
    /// Starts moving all dead letters back to their queue.
    async fn redrive(&self, queue: Queue) -> StoreResult<()>;
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueDepth {
    pub waiting: u64,
    pub in_flight: u64,
    pub delayed: u64,
    pub dead: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    pub id: String,
    pub body: String,
    pub received_count: u32,
}
