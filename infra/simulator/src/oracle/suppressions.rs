//! Suppressions: the addresses, numbers and domains that are listed, by workspace, and those that were taken off.

use super::raw::{Item, Key, path, text};
use super::tenant_isolation::owner_of;
use super::{Oracle, sender_blocks};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A workspace's partition and the value that is listed there.
type Scope = (String, String);

#[derive(Default)]
pub struct Suppressions {
    /// Each listed value: since when, and why.
    pub(super) listed: BTreeMap<Scope, (Timestamp, String)>,
    /// The instants at which each was taken off the list.
    pub(super) lifted: BTreeMap<Scope, Vec<Timestamp>>,
    /// The number of the change by which a value was listed, or a lead excluded (by its partition).
    pub(super) barred: BTreeMap<Scope, u64>,
    /// Leads that are marked as not to be contacted, by partition, and since when.
    pub(super) excluded: BTreeMap<String, Timestamp>,
}

pub fn written(oracle: &mut Oracle, now: Timestamp, key: &Key, old: Option<&Item>, new: Option<&Item>) {
    let Some(item) = new.or(old) else { return };
    let which = (owner_of(&key.0).to_owned(), path(item, &["scope", "value"]).to_owned());
    let Some(new) = new else {
        oracle.suppressions.listed.remove(&which);
        oracle.suppressions.barred.remove(&which);
        oracle.suppressions.lifted.entry(which).or_default().push(now);
        return;
    };
    sender_blocks::listed(oracle, now, new);
    let reason = text(new, "reason").to_owned();
    if reason != "hard_bounce" {
        oracle.suppressions.barred.entry(which.clone()).or_insert(oracle.changes);
    }
    oracle.suppressions.listed.insert(which, (now, reason));
}

impl Oracle {
    /// The entry of this address, number or domain in the workspace of a partition: since when, and why.
    pub(super) fn listed(&self, pk: &str, value: &str) -> Option<&(Timestamp, String)> {
        self.suppressions.listed.get(&(owner_of(pk).to_owned(), value.to_owned()))
    }

    /// Whether a user took this off the list in that time.
    pub(super) fn is_lifted(&self, pk: &str, value: &str, (from, until): (Timestamp, Timestamp)) -> bool {
        let lifts = self.suppressions.lifted.get(&(owner_of(pk).to_owned(), value.to_owned()));
        lifts.into_iter().flatten().any(|at| (from - self.off..=until).contains(at))
    }
}
