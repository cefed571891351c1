//! What a user has just changed may not be heeded yet: messages are judged by what was in force lately, too.

use super::GRACE;
use super::raw::{Item, Key, text};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// The time that may pass from the plan, which reads settings, to the provider.
const KNOWN_FOR: SignedDuration = SignedDuration::from_secs(60);

/// Former versions of accounts and workspaces, and until when each was in force.
#[derive(Default)]
pub struct FormerSettings(BTreeMap<Key, Vec<(Timestamp, Item)>>);

/// What messages are judged by.
const NAMES: [&str; 4] = ["days_off", "caps", "hours", "limits"];

impl FormerSettings {
    pub fn changed(&mut self, now: Timestamp, key: &Key, old: Option<&Item>, new: Option<&Item>) {
        let (Some(old), Some(new)) = (old, new) else { return };
        let is_judged_by = matches!(text(old, "entity"), "account" | "workspace");
        if is_judged_by && NAMES.iter().any(|name| old.0[*name] != new.0[*name]) {
            self.0.entry(key.clone()).or_default().push((now, old.clone()));
        }
    }

    /// What it is now, and what it was until lately.
    pub fn in_force<'a>(
        &'a self,
        key: &Key,
        present: &'a Item,
        now: Timestamp,
    ) -> impl Iterator<Item = &'a Item> {
        let former = self.0.get(key).map_or(&[][..], Vec::as_slice).iter();
        let lately = former.filter(move |(until, _)| now.duration_since(*until) <= GRACE + KNOWN_FOR);
        lately.map(|(_, item)| item).chain([present])
    }

    /// Until when it last was as somebody remembers it.
    pub fn last(&self, key: &Key, was: impl Fn(&Item) -> bool) -> Timestamp {
        let mut former = self.0.get(key).map_or(&[][..], Vec::as_slice).iter().rev();
        former.find(|(_, item)| was(item)).map_or(Timestamp::MIN, |(until, _)| *until)
    }
}
