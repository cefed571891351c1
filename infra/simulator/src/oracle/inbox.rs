//! A conversation is put away by somebody who has seen all of it, and in a campaign that is over nobody stays.

use super::raw::{Item, Key, lead_of, path, text};
use super::stored::campaign_key;
use super::{GRACE, Oracle};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

const JUDGE: &str = "inbox";

/// The time in which the pages that end a closed campaign's enrolments may be late and repeated.
const LEAVING_TAKES: SignedDuration = SignedDuration::from_hours(3);

#[derive(Default)]
pub struct Inbox {
    /// What a user has before them: whose conversation, and what had come in last.
    seen: Option<(String, String)>,
    /// Since when campaigns are closed for good.
    over: BTreeMap<Key, Timestamp>,
}

impl Oracle {
    /// A user is about to put this conversation away.
    pub fn was_seen(&mut self, lead: &str, latest: &str) {
        self.desk.seen = Some((lead.trim_start_matches("lead_").to_owned(), latest.to_owned()));
    }
}

pub fn conversation_written(oracle: &mut Oracle, now: Timestamp, key: &Key, new: &Item) {
    // A conversation is also put away when its lead opts out without a message: that is nobody's oversight.
    if path(new, &["ev", "k"]) != "conversation_done" || !path(new, &["ev", "a"]).starts_with("user_") {
        return;
    }
    let came = new.0["sum"]["M"]["taken_in"]["L"].as_array();
    let latest = came.and_then(|came| came.last()).and_then(|last| last["S"].as_str()).unwrap_or_default();
    let seen = oracle.desk.seen.as_ref().filter(|(lead, _)| lead == lead_of(&key.0));
    if seen.is_none_or(|(_, seen)| seen != latest) {
        oracle.accuse(
            JUDGE,
            now,
            format!("the conversation with {} was put away with {latest}, unseen", key.0),
        );
    }
}

pub fn campaign_written(oracle: &mut Oracle, now: Timestamp, key: &Key, new: &Item) {
    if is_over(new) {
        oracle.desk.over.entry(key.clone()).or_insert(now);
    } else {
        oracle.desk.over.remove(key);
    }
}

pub fn is_over(campaign: &Item) -> bool {
    matches!(text(campaign, "state"), "completed" | "archived")
}

/// Checks at rest.
pub fn at_rest(oracle: &Oracle, now: Timestamp) -> Vec<String> {
    let mut wrong = Vec::new();
    for key in &oracle.enrolments {
        let Some(since) = oracle.desk.over.get(&campaign_key(key)) else { continue };
        let state = oracle.items.get(key).map_or("ended", |enrolment| text(enrolment, "state"));
        if state != "ended" && now.duration_since(*since) > LEAVING_TAKES + GRACE {
            wrong.push(format!("{} of {} is {state}, and its campaign over since {since}", key.1, key.0));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn archive_of_unseen_reply_is_reported() {
        let mut oracle = Oracle::new(BTreeMap::new(), false);
        let key = ("W#1#L#2".to_owned(), "CONVERSATION".to_owned());
        let put_away = |by: &str| {
            let ev = json!({ "M": { "k": { "S": "conversation_done" }, "a": { "S": by } } });
            Item(
                json!({ "ev": ev, "sum": { "M": { "taken_in": { "L": [{ "S": "first" }, { "S": "second" }] } } } }),
            )
        };
        for (by, seen, wrong) in [("user_1", "second", 0), ("lead", "first", 0), ("user_1", "first", 1)] {
            oracle.was_seen("lead_2", seen);
            conversation_written(&mut oracle, Timestamp::UNIX_EPOCH, &key, &put_away(by));
            assert_eq!(oracle.violations().len(), wrong, "{by} {seen}");
        }
    }

    #[test]
    fn active_enrolment_in_closed_campaign_is_reported() {
        let mut oracle = Oracle::new(BTreeMap::new(), false);
        let campaign = ("W#1#CAMPAIGNS".to_owned(), "3".to_owned());
        let enrolment = ("W#1#L#2".to_owned(), "N#3".to_owned());
        let began = Timestamp::UNIX_EPOCH;
        oracle.items.insert(enrolment.clone(), Item(json!({ "state": { "S": "held" } })));
        oracle.enrolments.insert(enrolment);
        for (state, wrong) in [("active", 0), ("archived", 1)] {
            campaign_written(&mut oracle, began, &campaign, &Item(json!({ "state": { "S": state } })));
            let found = at_rest(&oracle, began + SignedDuration::from_hours(5));
            oracle.accuse_all(JUDGE, Timestamp::UNIX_EPOCH, found);
            assert_eq!(oracle.violations().len(), wrong, "{state}");
        }
    }
}
