//! What becomes known of leads as they are written.

use super::raw::{self, Item, Key, path};
use super::tenancy::owner_of;
use super::{Oracle, companies, owners};
use jiff::Timestamp;
use std::collections::BTreeMap;

#[derive(Default)]
pub struct Leads {
    /// How many were made, by workspace.
    pub made: BTreeMap<String, i64>,
    /// When each was first written, by its partition. What it says of itself may be older: an import's leads are dated with
    /// their file.
    pub known: BTreeMap<String, Timestamp>,
    /// Since when each one's status is what it is, by its partition.
    pub staged: BTreeMap<String, Timestamp>,
}

pub fn written(oracle: &mut Oracle, now: Timestamp, key: &Key, old: Option<&Item>, new: &Item) {
    if old.is_none() {
        *oracle.leads.made.entry(owner_of(&key.0).to_owned()).or_default() += 1;
        oracle.leads.known.insert(key.0.clone(), now);
    }
    owners::lead_written(oracle, now, key, old, new);
    companies::lead_written(oracle, now, key, new);
    if raw::flag(new, &["gone"]) {
        oracle.deleted.insert(raw::lead_of(&key.0).to_owned());
    }
    if raw::flag(new, &["sum", "no"]) {
        oracle.excluded.entry(key.0.clone()).or_insert(now);
        oracle.barred.entry((key.0.clone(), String::new())).or_insert(oracle.changes);
    } else {
        oracle.excluded.remove(&key.0);
        oracle.barred.remove(&(key.0.clone(), String::new()));
    }
    let status = |lead: &Item| path(lead, &["sum", "s"]).to_owned();
    if old.map(status) != Some(status(new)) {
        oracle.leads.staged.insert(key.0.clone(), now);
    }
}
