//! An event source of one function: what feeds it, its position, and the deviations that a poll may have.

use crate::schedule::{Again, next_firing};
use crate::shards::Shards;
use crate::template::{EventSource, FunctionDefinition};
use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use queue_consumer::Handler;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Deviations of a poll, all of them within what AWS promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Oddity {
    #[default]
    None,
    /// The function is started twice with the same event.
    Twice,
    /// The function succeeds, but its answer is lost: messages and records are delivered again.
    Unheard,
    /// The function never gets the messages that were taken from the source. Messages are delivered again
    /// after their visibility timeout, records at once; a schedule's firing is lost.
    Dropped,
    /// One message or record is delivered at most.
    Single,
    /// Messages stay visible while the function has them: the next poll delivers them again. For other
    /// sources like `None`.
    Overlapping,
    /// The stream's shards are split first, if no record of them may be delivered again. For other sources
    /// like `None`.
    ShardSplit,
}

pub struct Source {
    pub function: String,
    pub kind: EventSource,
    pub timeout: SignedDuration,
    /// Lambda invokes the function however often its own chain leads to it.
    pub may_recurse: bool,
    /// The number of retries that Lambda makes of an invocation that nobody waits for, and the age after
    /// which it makes none.
    pub retries: (u32, SignedDuration),
    handler: Mutex<Handler>,
    /// A schedule's next firing, or when a stream's failed batch is tried again.
    next: Mutex<Option<Timestamp>>,
    /// Failed firings that are due for a retry.
    again: Mutex<Vec<Again>>,
    /// The positions in a stream: its newest record stays in the cloud when all before it are trimmed.
    shards: Mutex<Shards>,
}

impl Source {
    pub fn new(
        function: &FunctionDefinition,
        kind: EventSource,
        handler: Handler,
        now: Timestamp,
    ) -> Result<Self> {
        let next = match &kind {
            EventSource::Schedule { expression } => Some(next_firing(expression, now)?),
            _ => None,
        };
        Ok(Self {
            function: function.name.clone(),
            kind,
            timeout: function.timeout(),
            may_recurse: function.may_recurse,
            retries: function.async_retries,
            handler: Mutex::new(handler),
            next: Mutex::new(next),
            again: Mutex::default(),
            shards: Mutex::new(Shards::whole()),
        })
    }

    pub fn serve_by(&self, handler: Handler) {
        *locked(&self.handler) = handler;
    }

    pub fn handler(&self) -> Handler {
        locked(&self.handler).clone()
    }

    pub fn next(&self) -> Option<Timestamp> {
        *locked(&self.next)
    }

    pub fn set_next(&self, at: Option<Timestamp>) {
        *locked(&self.next) = at;
    }

    /// Returns how long Lambda gathers a batch that is not full, and how many items fill it.
    pub fn window(&self) -> (SignedDuration, usize) {
        match &self.kind {
            EventSource::Queue { window, batch_size, .. }
            | EventSource::Stream { window, batch_size, .. } => (*window, *batch_size),
            EventSource::Schedule { .. } | EventSource::Route { .. } => (SignedDuration::ZERO, 1),
        }
    }

    /// When the source has something to do next, as far as it knows without polling.
    pub fn due(&self) -> Option<Timestamp> {
        let again = self.again().iter().map(|firing| firing.at).min();
        [self.next(), again].into_iter().flatten().min()
    }

    pub fn again(&self) -> MutexGuard<'_, Vec<Again>> {
        locked(&self.again)
    }

    pub fn shards(&self) -> MutexGuard<'_, Shards> {
        locked(&self.shards)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
