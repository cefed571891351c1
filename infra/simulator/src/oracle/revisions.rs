//! No writer overwrites what it has not read: an item's revision rises by one with every write.

use super::Oracle;
use super::raw::{Item, Key, number, text};
use jiff::Timestamp;

const JUDGE: &str = "revisions";

/// Those that are read, changed and written back by several at once.
const REVISED: [&str; 7] = ["enrolment", "lead", "message", "task", "campaign", "sequence", "conversation"];

pub fn check(oracle: &mut Oracle, now: Timestamp, key: &Key, old: Option<&Item>, new: &Item) {
    if !REVISED.contains(&text(new, "entity")) {
        return;
    }
    let (before, after) = (old.map_or(0, |old| number(old, "rev")), number(new, "rev"));
    if after != before + 1 {
        oracle.accuse(JUDGE, now, format!("{} {} went from revision {before} to {after}", key.0, key.1));
    }
}
