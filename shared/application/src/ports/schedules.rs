//! The scheduled jobs, and when each of them last ran.

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

    /// Returns the name of the schedule's function.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DueSteps => "due_steps",
            Self::Monitor => "monitor",
            Self::Nightly => "nightly",
        }
    }

    /// Returns the time between two runs.
    pub fn period(self) -> SignedDuration {
        match self {
            Self::DueSteps => SignedDuration::from_mins(1),
            Self::Monitor => SignedDuration::from_mins(15),
            Self::Nightly => SignedDuration::from_hours(24),
        }
    }
}

/// The first and the last completed run of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScheduleRuns {
    pub first: Timestamp,
    pub last: Timestamp,
}

#[async_trait]
pub trait ScheduleStore: Send + Sync {
    /// Notes a completed run: one small write.
    async fn note_run(&self, schedule: Schedule, at: Timestamp) -> StoreResult<()>;
    /// Returns the runs of a schedule; `None` if it never ran.
    async fn runs(&self, schedule: Schedule) -> StoreResult<Option<ScheduleRuns>>;
}
