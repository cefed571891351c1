//! The projection: how the change of one item moves counters, and which events it puts on the bus. Pure, so that
//! numbers can be counted again.
//!
//! A counter is the sum over all items of what each item shows; a change moves it by the difference between the new
//! and the old image. The removal of an item moves only two counters: `LeadsDeleted`, because what was done stays
//! done, and `Uncertain`, because a message that is gone is reconciled no more. A batch that changes no counter moves
//! no stream cursor either, or every move would cause another.

pub mod campaign_counts;
pub mod stream;

pub mod bus;
pub mod measure;
mod money;

use crate::ports::changes::Change;
use crate::ports::changes::Changed;

#[cfg(test)]
mod tests;

use crate::ports::stats::{Counters, Delta, Metric, Scope};

use jiff::tz::TimeZone;
use std::cmp::Ordering;

/// Tells how the counters move: the workspace's total, its day, and those of the campaign and the step concerned.
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
    let own = own.into_iter().chain(money::moved(&changed.change, day));
    moves.chain(own.map(|(scope, metric, by)| delta(&scope, metric, by))).collect()
}

/// Counts everything that an item shows. The counters can be recounted from this.
pub fn recount(change: &Change) -> Counters {
    measure::shown(change)
}

/// Tells whether a stream record comes after the cursor. Sequence numbers are decimal without leading zeros.
pub fn is_after(sequence: &str, cursor: Option<&str>) -> bool {
    let Some(cursor) = cursor else { return true };
    sequence.len().cmp(&cursor.len()).then_with(|| sequence.cmp(cursor)) == Ordering::Greater
}
