//! What the operator must hear of and no alarm of AWS sees by itself: dead letters, and a nightly run that is overdue.

use crate::ports::clock::Clock;
use crate::ports::queues::QueueInspector;
use crate::ports::schedules::{Schedule, ScheduleStore};
use crate::ports::store::StoreResult;
use crate::queue_messages::Queue;
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::sync::Arc;

/// A nightly run is noted when it ends, which may be a quarter of an hour after the one of the night before.
const GRACE: SignedDuration = SignedDuration::from_hours(1);

crate::ports! {
    pub struct WatchPorts {
        pub clock: Arc<dyn Clock>,
        pub queues: Arc<dyn QueueInspector>,
        pub schedules: Arc<dyn ScheduleStore>,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Messages of this queue were given up.
    DeadLetters { queue: Queue, count: u64 },
    /// No run of this schedule has ended since then.
    Overdue { schedule: Schedule, since: Timestamp },
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DeadLetters { queue, count: 1 } => write!(f, "1 dead letter of {}", queue.as_str()),
            Self::DeadLetters { queue, count } => write!(f, "{count} dead letters of {}", queue.as_str()),
            Self::Overdue { schedule, since } => {
                write!(f, "no run of {} has ended since {since}", schedule.as_str())
            }
        }
    }
}

/// Looks at every queue's dead letters, and at the runs of what runs nightly. An error means that something could not be
/// looked at, which is as bad.
pub async fn look_for_trouble(ports: &WatchPorts) -> StoreResult<Vec<Trouble>> {
    let counts = Queue::ALL.map(|queue| async move { Ok((queue, ports.queues.dead(queue).await?)) });
    let counts: Vec<(Queue, u64)> = try_join_all(counts).await?;
    let dead = counts.into_iter().filter(|(_, count)| *count > 0);
    let dead = dead.map(|(queue, count)| Trouble::DeadLetters { queue, count });
    Ok(dead.chain(overdue(ports).await?).collect())
}

/// The time counts from the first run of the monitor as long as no nightly run has ended.
async fn overdue(ports: &WatchPorts) -> StoreResult<Option<Trouble>> {
    let since = match ports.schedules.runs(Schedule::Nightly).await? {
        Some(runs) => Some(runs.last),
        None => ports.schedules.runs(Schedule::Monitor).await?.map(|runs| runs.first),
    };
    let late =
        |since: &Timestamp| ports.clock.now().duration_since(*since) > Schedule::Nightly.period() + GRACE;
    Ok(since.filter(late).map(|since| Trouble::Overdue { schedule: Schedule::Nightly, since }))
}
