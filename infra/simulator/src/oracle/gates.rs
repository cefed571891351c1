//! Gates: campaigns, accounts and workspaces that let nothing out for a time.

use super::raw::{Item, Key, text};
use super::{Oracle, inbox};
use jiff::Timestamp;
use std::collections::BTreeMap;

#[derive(Default)]
pub struct Gates {
    /// Campaigns, accounts and workspaces that let nothing out, and since when.
    pub(super) closed: BTreeMap<Key, Timestamp>,
    /// The instant at which one of them last opened again.
    pub(super) opened: Timestamp,
    /// Campaigns that are launched, and since when.
    pub(super) active: BTreeMap<Key, Timestamp>,
}

pub fn campaign_written(oracle: &mut Oracle, now: Timestamp, key: &Key, new: &Item) {
    set(oracle, now, key, text(new, "state") == "paused" || inbox::is_over(new));
    if text(new, "state") == "active" {
        oracle.gates.active.entry(key.clone()).or_insert(now);
    } else {
        oracle.gates.active.remove(key);
    }
}

pub fn set(oracle: &mut Oracle, now: Timestamp, key: &Key, is_closed: bool) {
    if is_closed {
        oracle.gates.closed.entry(key.clone()).or_insert(now);
    } else if oracle.gates.closed.remove(key).is_some() {
        oracle.gates.opened = now;
    }
}
