//! What a change of one item means: counters that move, events for the bus. Pure, so that numbers can be counted again.
//!
//! A counter is the sum over all items of what each item shows; a change moves it by the difference between the new and
//! the old image. Removal moves nothing but `LeadsDeleted`, for what was done stays done, and `Uncertain`: nobody looks any
//! more for what became of a message that is gone. A batch without news moves no cursor, or every move would be followed by
//! another.

mod bus;
mod measure;
mod standing;

#[cfg(test)]
mod tests;

pub use bus::bus_events;

use crate::leads::Activity;
use crate::stats::{Counters, Delta, Metric, Scope};
use crate::store::StoreResult;
use domain::campaign::Campaign;
use domain::enrolment::Enrolment;
use domain::event::Event;
use domain::import::Import;
use domain::lead::Lead;
use domain::lead::enrichment::FieldResult;
use domain::lead::suppression::Suppression;
use domain::message::Message;
use domain::message::conversation::Conversation;
use domain::revenue::{Client, Subscription, Transaction};
use domain::workspace::task::Task;
use domain::{LeadId, WorkspaceId};
use jiff::tz::TimeZone;
use std::cmp::Ordering;

/// Reads the records of the table's stream.
pub trait ChangeReader: Send + Sync {
    /// `record` as Lambda delivers it: `eventName`, `dynamodb{NewImage, OldImage, …}`. `None` for what is nobody's
    /// business: the projection's own writes, expiry, look-ups.
    fn read_record(&self, record: &serde_json::Value) -> StoreResult<Option<Changed>>;
}

#[derive(Debug, Clone)]
pub struct Changed {
    pub workspace: WorkspaceId,
    /// Rode on the item that changed.
    pub event: Event,
    pub change: Change,
}

/// By kind of item: what it was, where there was one, and what it is. A lead that is deleted has no `new`.
#[derive(Debug, Clone)]
pub enum Change {
    Lead { old: Option<Box<Lead>>, new: Option<Box<Lead>> },
    Message { old: Option<Box<Message>>, new: Box<Message> },
    MessageGone { old: Box<Message> },
    Enrolment { old: Option<Box<Enrolment>>, new: Box<Enrolment> },
    Field { lead: LeadId, old: Option<Box<FieldResult>>, new: Box<FieldResult> },
    Activity { lead: LeadId, new: Box<Activity> },
    Conversation { old: Option<Box<Conversation>>, new: Box<Conversation> },
    Task { old: Option<Box<Task>>, new: Box<Task> },
    Suppression { new: Box<Suppression> },
    Client { old: Option<Box<Client>>, new: Box<Client> },
    Subscription { old: Option<Box<Subscription>>, new: Box<Subscription> },
    Transaction { new: Box<Transaction> },
    Campaign { old: Option<Box<Campaign>>, new: Box<Campaign> },
    Import { old: Option<Box<Import>>, new: Box<Import> },
}

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
    let own = standing::moved(&changed.change);
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
