//! What a life's summary says of it.

use super::Oracle;
use super::raw::text;
use std::collections::BTreeMap;

impl Oracle {
    /// Whether a provider took this message.
    pub fn has_taken(&self, tag: &str) -> bool {
        self.sent.taken.iter().any(|taken| taken.tag == tag) || self.one_offs.taken.contains_key(tag)
    }

    /// Notes messages whose provider reported on them after their deadline.
    pub fn reported_late(&mut self, tags: Vec<String>) {
        self.reported_late.extend(tags);
    }

    pub fn sends(&self) -> usize {
        self.sent.taken.len()
    }

    pub fn tasks_given(&self) -> u32 {
        self.path.tasks_given
    }

    pub fn steps_passed(&self) -> BTreeMap<String, u32> {
        self.path.steps_passed.clone()
    }

    /// How enrolments ended, and how many did not.
    pub fn ends(&self) -> BTreeMap<String, u32> {
        let mut ends = BTreeMap::new();
        for item in self.items.values().filter(|item| text(item, "entity") == "enrolment") {
            let why = if text(item, "state") == "ended" { text(item, "why") } else { text(item, "state") };
            *ends.entry(why.to_owned()).or_default() += 1;
        }
        ends
    }
}
