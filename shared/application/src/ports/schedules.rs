//! What runs by the clock, and when it last did.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Schedule {
    DueSteps,
    Monitor,
    Nightly,
}

impl Schedule {
    pub const ALL: [Self; 3] = [Self::DueSteps, Self::Monitor, Self::Nightly];

    /// The name of its function.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DueSteps => "due_steps",
            Self::Monitor => "monitor",
            Self::Nightly => "nightly",
        }
    }

    /// Between two runs.
    pub fn period(self) -> SignedDuration {
        match self {
            Self::DueSteps => SignedDuration::from_mins(1),
            Self::Monitor => SignedDuration::from_mins(15),
            Self::Nightly => SignedDuration::from_hours(24),
        }
    }
}

/// Runs of a schedule that came to their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScheduleRuns {
    pub first: Timestamp,
    pub last: Timestamp,
}

#[async_trait]
pub trait ScheduleStore: Send + Sync {
    /// One small write a run.
    async fn note_run(&self, schedule: Schedule, at: Timestamp) -> StoreResult<()>;
    /// `None`: it never ran.
    async fn runs(&self, schedule: Schedule) -> StoreResult<Option<ScheduleRuns>>;
}
