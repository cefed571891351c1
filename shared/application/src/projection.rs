//! What a change of one item means: counters that move, events for the bus. Pure, so that numbers can be counted again.
//!
//! A counter is the sum over all items of what each item shows; a change moves it by the difference between the new and
//! the old image. Removal moves nothing but `LeadsDeleted`, for what was done stays done, and `Uncertain`: nobody looks any
//! more for what became of a message that is gone. A batch without news moves no cursor, or every move would be followed by
//! another.

pub mod campaign_counts;
pub mod stream;

pub mod bus;
pub mod measure;

use crate::ports::changes::Change;
use crate::ports::changes::Changed;

#[cfg(test)]
mod tests;

use crate::ports::stats::{Counters, Delta, Metric, Scope};

use jiff::tz::TimeZone;
use std::cmp::Ordering;

/// How the counters move, for the workspace as a whole, its day, and the campaign and step it concerns.
pub fn deltas(changed: &Changed) -> Vec<Delta> {
    let (moved, narrower) = measure::moved(&changed.change);
    let day = changed.event.at.to_zoned(TimeZone::UTC).date();
    let mut scopes = vec![Scope::Total, Scope::Day(day)];
    scopes.extend(narrower);
    let delta = |scope: &Scope, metric: Metric, by: i64| Delta {
        workspace: changed.workspace.clone(),
        scope: scope.clone(),
        metric,
        by,
    };
    let moves = scopes.iter().flat_map(|scope| moved.iter().map(|(metric, by)| delta(scope, *metric, *by)));
    let own = campaign_counts::moved(&changed.change);
    moves.chain(own.into_iter().map(|(scope, metric, by)| delta(&scope, metric, by))).collect()
}

/// Everything an item shows: what the counters are recounted from.
pub fn recount(change: &Change) -> Counters {
    measure::shown(change)
}

/// Whether a record comes after the cursor. Sequence numbers are decimal without leading zeros.
pub fn is_after(sequence: &str, cursor: Option<&str>) -> bool {
    let Some(cursor) = cursor else { return true };
    sequence.len().cmp(&cursor.len()).then_with(|| sequence.cmp(cursor)) == Ordering::Greater
}
