//! The clock of functions: each runs on a machine of its own, whose clock may be off.

use application::Clock;
use jiff::{SignedDuration, Timestamp};
use local_cloud::VirtualClock;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

#[derive(Clone)]
pub struct FunctionClock {
    clock: Arc<VirtualClock>,
    /// Seconds by which whoever runs just now is ahead.
    ahead: Arc<AtomicI64>,
}

impl FunctionClock {
    pub fn new(clock: Arc<VirtualClock>) -> Self {
        Self { clock, ahead: Arc::default() }
    }

    /// Answers how far it was ahead before.
    pub fn set(&self, ahead: i64) -> i64 {
        self.ahead.swap(ahead, Ordering::Relaxed)
    }
}

impl Clock for FunctionClock {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.ahead.load(Ordering::Relaxed));
        let now = self.clock.now();
        now.checked_add(ahead).unwrap_or(now)
    }
}
