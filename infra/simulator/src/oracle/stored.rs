//! Looks up what lies in the table, by the raw items of its stream, and for how long a function may act on what it read.

use super::raw::{Item, Key, text};
use super::tenant_isolation::owner_of;
use super::{FUNCTION_LASTS, GRACE, Oracle, sequence_path};
use jiff::{SignedDuration, Timestamp};

impl Oracle {
    /// Items of one kind, by their keys.
    pub fn all<'a>(&'a self, entity: &'a str) -> impl Iterator<Item = (&'a Key, &'a Item)> {
        self.items.iter().filter(move |(_, item)| text(item, "entity") == entity)
    }

    /// The item of this kind and id.
    pub fn stored(&self, entity: &str, id: &str) -> Option<&Item> {
        self.items.values().find(|item| text(item, "entity") == entity && text(item, "id") == id)
    }

    /// The lead of a partition; once it is deleted, what is left of it.
    pub fn lead(&self, pk: &str) -> Option<&Item> {
        self.items.get(&(pk.to_owned(), "LEAD".to_owned()))
    }

    /// Messages of a lead, by its partition.
    pub fn messages_of(&self, pk: &str) -> impl Iterator<Item = (&Key, &Item)> {
        self.items.range((pk.to_owned(), "M#".to_owned())..(pk.to_owned(), "M$".to_owned()))
    }

    /// Tasks of a lead, by its partition.
    pub fn tasks_of(&self, pk: &str) -> impl Iterator<Item = (&Key, &Item)> {
        self.items.range((pk.to_owned(), "T#".to_owned())..(pk.to_owned(), "T$".to_owned()))
    }

    /// The campaign of an enrolment, by the enrolment's key.
    pub fn campaign_of(&self, enrolment: &Key) -> Option<&Item> {
        self.items.get(&campaign_key(enrolment))
    }

    /// The workspace that a partition is of.
    pub fn workspace_of(&self, pk: &str) -> Option<&Item> {
        self.items.get(&workspace_key(pk))
    }

    /// The present step of an enrolment, in the version that it follows.
    pub fn step_of(&self, key: &Key, enrolment: &Item) -> Option<Item> {
        let steps = sequence_path::steps(&sequence_path::version_of(self, key, enrolment)?);
        steps.into_iter().find(|step| text(step, "id") == text(enrolment, "step"))
    }

    /// Whether what is so since then must be heeded by now: every function that read before it is done, by any clock.
    pub fn is_known(&self, since: Timestamp, now: Timestamp) -> bool {
        now.duration_since(since) > GRACE + self.off
    }

    /// The time that may pass from a function's read to its write, by the clocks of both.
    pub fn read_to_write(&self) -> SignedDuration {
        GRACE + FUNCTION_LASTS + self.off + self.off
    }
}

pub fn campaign_key(enrolment: &Key) -> Key {
    (format!("{}#CAMPAIGNS", owner_of(&enrolment.0)), enrolment.1.trim_start_matches("N#").to_owned())
}

pub fn workspace_key(pk: &str) -> Key {
    (owner_of(pk).to_owned(), "WORKSPACE".to_owned())
}
