//! An enrolment whose lead was handed over to another user sends nothing before a user resumes it.

use super::Oracle;
use super::raw::{Item, Key, path, text};
use jiff::Timestamp;

/// Called as a lead is written. Who takes it over themselves has said that it goes on.
pub fn lead_written(oracle: &mut Oracle, now: Timestamp, key: &Key, old: Option<&Item>, new: &Item) {
    let owner = |lead: &Item| path(lead, &["core", "o"]).to_owned();
    let (before, after) = (old.map(owner).unwrap_or_default(), owner(new));
    let by = path(new, &["ev", "a"]);
    if before.is_empty() || after.is_empty() || before == after || by == after {
        return;
    }
    let theirs = (key.0.clone(), "N#".to_owned())..(key.0.clone(), "N$".to_owned());
    for key in oracle.enrolments.range(theirs) {
        let state = oracle.items.get(key).map_or("", |enrolment| text(enrolment, "state"));
        if !matches!(state, "pending" | "ended") {
            oracle.holds.handed_over.entry(key.clone()).or_insert(now);
        }
    }
}

pub fn may_be_claimed(oracle: &Oracle, key: &Key, name: &str) -> Option<String> {
    let since = oracle.holds.handed_over.get(key)?;
    Some(format!("{name} was claimed although its lead was given to another user at {since}"))
}
