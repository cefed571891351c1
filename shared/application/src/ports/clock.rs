//! The only source of time. Production reads the system's clock; tests, demo and simulation set it.

use jiff::Timestamp;

pub trait Clock: Send + Sync {
    /// The present instant. MUST NOT go backwards within one process.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
