//! The first and the last two runs of each schedule: an item a schedule, written at the end of every run.

use crate::item::{Item, head, number, number_of, text};
use crate::keys;
use crate::table::Table;
use crate::write::{Expression, update};
use application::StoreResult;
use application::ports::schedules::{Schedule, ScheduleRuns, ScheduleStore};
use async_trait::async_trait;
use jiff::Timestamp;

#[async_trait]
impl ScheduleStore for Table {
    async fn note_run(&self, schedule: Schedule, at: Timestamp) -> StoreResult<()> {
        // All is read before anything is set: the former run is the one that was the last.
        let change = "SET #first = if_not_exists(#first, :at), #former = if_not_exists(#last, :at), \
            #last = :at, #entity = :entity, #v = :v";
        let change = Expression::new(change)
            .name("#first", "first")
            .name("#former", "former")
            .name("#last", "last")
            .name("#entity", "entity")
            .name("#v", "v")
            .value(":at", number(at.as_millisecond()))
            .value(":entity", text("schedule"))
            .value(":v", number(1));
        Ok(self.write(update(&keys::schedules::runs(schedule.as_str()), change, None)).await?)
    }

    async fn runs(&self, schedule: Schedule) -> StoreResult<Option<ScheduleRuns>> {
        let Some(item) = self.read_item(&keys::schedules::runs(schedule.as_str())).await? else {
            return Ok(None);
        };
        match (time_of(&item, "first"), last_run(&item)) {
            (Some(first), Some(last)) => Ok(Some(ScheduleRuns { first, last })),
            _ => Err(head(&item)?.corrupt("does not say when it ran")),
        }
    }
}

/// Returns when the last run ended, of which the schedule's item tells.
pub(crate) fn last_run(item: &Item) -> Option<Timestamp> {
    time_of(item, "last")
}

/// Returns when the run before the last ended; the last itself, if it was the first.
pub(crate) fn former_run(item: &Item) -> Option<Timestamp> {
    time_of(item, "former")
}

fn time_of(item: &Item, name: &str) -> Option<Timestamp> {
    number_of(item, name).and_then(|millis| Timestamp::from_millisecond(millis).ok())
}
