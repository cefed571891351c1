//! Blocked senders: a message refused for what we are is retried after an hour, four and a day, then given up as
//! blocked;
//! nothing of that counts against the lead.

use super::Oracle;
use super::raw::{Item, Key, path, text};
use super::sends::{enrolment_of, sender};
use crate::trouble::attempts::{Asked, Attempt, Said};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

const JUDGE: &str = "sender_blocks";

/// Before the next try; after the last of these it is given up.
const WAITS: [SignedDuration; 3] =
    [SignedDuration::from_hours(1), SignedDuration::from_hours(4), SignedDuration::from_hours(24)];
/// What says something of us.
const OURS: [&str; 3] = ["blocked_policy", "blocked_reputation", "auth_failed"];

#[derive(Default)]
pub struct SenderBlocks {
    /// The blocks of each message at each account since its last other answer.
    rows: BTreeMap<(String, String), Row>,
    /// What was said of each message last.
    last: BTreeMap<String, Said>,
    /// How often somebody was about to be sent their step.
    claims: BTreeMap<(Key, String), usize>,
}

struct Row {
    /// The enrolment, if it is a campaign's message.
    of: Option<Key>,
    /// The number of blocks that were about this message alone.
    count: usize,
    /// Whether the last of them was one.
    counted: bool,
    last: Timestamp,
    /// The function that heard it last has not written so yet.
    untold: bool,
}

/// `for_all`: what is said now may be said of the whole account, and no try counts then.
pub fn asked(oracle: &mut Oracle, now: Timestamp, attempt: &Attempt, for_all: bool) {
    let Attempt { began, ended, about, by, what: Asked::ToTake(said) } = attempt else { return };
    let there = (about.clone(), by.clone());
    let lead = about.strip_prefix("msg_").and_then(|rest| rest.get(..26)).unwrap_or_default();
    let of = sender(oracle, lead, about).map(|(key, _)| key);
    let blocked = &mut oracle.blocked;
    blocked.last.insert(about.clone(), *said);
    let before = blocked.rows.remove(&there);
    let wrong = before.as_ref().and_then(|row| too_soon(row, *began, about, oracle.off));
    if *said == Said::Blocked {
        let before = before.filter(|row| !row.untold).map_or(0, |row| row.count);
        let row =
            Row { of, count: before + usize::from(!for_all), counted: !for_all, last: *ended, untold: true };
        blocked.rows.insert(there, row);
    }
    oracle.accuse_all(JUDGE, now, wrong);
}

fn too_soon(row: &Row, began: Timestamp, about: &str, off: SignedDuration) -> Option<String> {
    if row.untold {
        return None;
    }
    let waited = began.duration_since(row.last);
    // What waits together with its account is back as soon as that is.
    let before = if row.counted { row.count.saturating_sub(1) } else { 0 };
    let Some(least) = WAITS.get(before) else {
        return Some(format!("{about} was blocked {} times, and tried again", row.count));
    };
    let soon = waited + off + off < *least;
    soon.then(|| format!("{about} was blocked {} times, and tried again after {waited}", row.count))
}

/// Called as the end of a claim is written: of an enrolment, by its key, or of a message, by its id. What was heard under a
/// claim that ran out nobody knows.
pub fn claim_ended(oracle: &mut Oracle, has_lapsed: bool, key: Option<&Key>, id: &str) {
    let is_it = |about: &str, row: &Row| about == id || (key.is_some() && row.of.as_ref() == key);
    oracle.blocked.rows.retain(|(about, _), row| !(has_lapsed && row.untold && is_it(about, row)));
    for ((about, _), row) in &mut oracle.blocked.rows {
        row.untold &= !is_it(about, row);
    }
}

/// Forgets the blocks of these messages.
pub fn begins_anew(oracle: &mut Oracle, tags: &str) {
    oracle.blocked.rows.retain(|(about, _), _| !about.starts_with(tags));
}

/// Called as a step is claimed.
pub fn claimed(oracle: &mut Oracle, key: &Key, enrolment: &Item) {
    let of = (key.clone(), text(enrolment, "step").to_owned());
    *oracle.blocked.claims.entry(of).or_default() += 1;
}

/// Called as a message is written: of a campaign, given up.
pub fn message_written(oracle: &mut Oracle, now: Timestamp, key: &Key, new: &Item) {
    // By a call that its caller did not outlive.
    if new.0["acc"]["N"].is_string() {
        oracle.blocked.last.remove(text(new, "id"));
    }
    let refused = text(new, "state") == "failed" && path(new, &["ev", "k"]) == "message_refused";
    if !refused || text(new, "camp").is_empty() {
        return;
    }
    let (id, class) = (text(new, "id").to_owned(), path(new, &["fail", "class"]).to_owned());
    let is_ours = OURS.contains(&class.as_str());
    if oracle.blocked.last.get(&id) == Some(&Said::Blocked) && !is_ours {
        oracle.accuse(JUDGE, now, format!("{id} was blocked for what we are, and is given up as '{class}'"));
    }
    let of = (enrolment_of(key, new), text(new, "step").to_owned());
    let tries = oracle.blocked.claims.get(&of).copied().unwrap_or(0);
    if is_ours && tries <= WAITS.len() {
        oracle.accuse(
            JUDGE,
            now,
            format!("{id} was blocked for what we are, and is given up after {tries} tries"),
        );
    }
}

/// Called as somebody is listed.
pub fn listed(oracle: &mut Oracle, now: Timestamp, entry: &Item) {
    let because = text(entry, "source");
    if text(entry, "reason") == "hard_bounce" && oracle.blocked.last.get(because) == Some(&Said::Blocked) {
        let what = format!("an address is listed for {because}, which was blocked for what we are");
        oracle.accuse(JUDGE, now, what);
    }
}

/// What is wrong where an enrolment has ended because a message was refused for good.
pub fn ended(oracle: &Oracle, ended: &Item, name: &str) -> Option<String> {
    let because = path(ended, &["ev", "c"]);
    let is_ours = text(ended, "why") == "bounced" && oracle.blocked.last.get(because) == Some(&Said::Blocked);
    is_ours.then(|| format!("{name} has ended as bounced for {because}, which was blocked for what we are"))
}

#[cfg(test)]
mod tests {
    use super::super::claims::has_lapsed;
    use super::*;
    use serde_json::json;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    fn oracle() -> Oracle {
        Oracle::new(BTreeMap::new(), false)
    }

    fn says(oracle: &mut Oracle, minutes: i64, said: Said, for_all: bool) -> usize {
        let before = oracle.violations().len();
        let (about, by) = ("msg_1".to_owned(), "outbox".to_owned());
        let attempt =
            Attempt { began: at(minutes), ended: at(minutes), about, by, what: Asked::ToTake(said) };
        asked(oracle, at(minutes), &attempt, for_all);
        oracle.violations().len() - before
    }

    /// It was claimed until this minute, and is no longer.
    fn written(oracle: &mut Oracle, minutes: i64, until: i64) {
        let old = Item(json!({ "claim": { "N": at(until).as_nanosecond().to_string() } }));
        let lapsed = has_lapsed(oracle, at(minutes), (&old, &Item(json!({}))), "claim");
        claim_ended(oracle, lapsed.unwrap(), None, "msg_1");
    }

    /// Each is written down before the next.
    fn wrong(minutes: &[i64], for_all: bool) -> usize {
        let mut oracle = oracle();
        for at in minutes {
            says(&mut oracle, *at, Said::Blocked, for_all);
            written(&mut oracle, *at, *at + 2);
        }
        oracle.violations().len()
    }

    #[test]
    fn retry_before_its_wait_is_reported() {
        assert_eq!(wrong(&[0, 60, 300, 1_740], false), 0);
        assert_eq!((wrong(&[0, 59], false), wrong(&[0, 60, 299], false)), (1, 1));
        assert_eq!(wrong(&[0, 60, 300, 1_739], false), 1);
        assert_eq!(wrong(&[0, 60, 300, 1_740, 9_000], false), 1, "it should have been given up");
        // The account is left alone, and no try counts.
        assert_eq!((wrong(&[0, 60, 120, 180, 240, 300], true), wrong(&[0, 60, 119], true)), (0, 1));
        let mut oracle = oracle();
        for (at, for_all) in [(0, false), (60, false), (300, true), (360, true), (420, false)] {
            says(&mut oracle, at, Said::Blocked, for_all);
            written(&mut oracle, at, at + 2);
        }
        assert_eq!(oracle.violations().len(), 0);
    }

    #[test]
    fn unrecorded_refusal_does_not_count() {
        let mut oracle = oracle();
        says(&mut oracle, 0, Said::Blocked, false);
        assert_eq!(says(&mut oracle, 2, Said::Blocked, false), 0);
        written(&mut oracle, 4, 4);
        assert_eq!(says(&mut oracle, 4, Said::Blocked, false), 0);
        written(&mut oracle, 4, 6);
        assert_eq!(says(&mut oracle, 6, Said::Yes, false), 1);
        assert_eq!(says(&mut oracle, 7, Said::Blocked, false), 0, "anything else was said meanwhile");
        written(&mut oracle, 7, 9);
        begins_anew(&mut oracle, "msg_");
        assert_eq!(says(&mut oracle, 8, Said::Blocked, false), 0);
    }

    #[test]
    fn block_charged_to_lead_is_reported() {
        let key = ("W#w#L#ann".to_owned(), "M#1".to_owned());
        let enrolment = Item(json!({ "step": { "S": "mail" } }));
        let refused = |tries: usize, class: &str| {
            let mut oracle = oracle();
            says(&mut oracle, 0, Said::Blocked, false);
            (0..tries).for_each(|_| claimed(&mut oracle, &(key.0.clone(), "N#c".to_owned()), &enrolment));
            let message = Item(json!({ "id": { "S": "msg_1" }, "state": { "S": "failed" },
                "camp": { "S": "campaign_c" }, "step": { "S": "mail" },
                "fail": { "M": { "class": { "S": class } } }, "ev": { "M": { "k": { "S": "message_refused" } } } }));
            message_written(&mut oracle, at(9), &key, &message);
            oracle.violations().len()
        };
        assert_eq!((refused(4, "blocked_policy"), refused(1, "blocked_policy")), (0, 1));
        assert_eq!(refused(4, "provider_down"), 1);
        let mut oracle = oracle();
        says(&mut oracle, 0, Said::Blocked, false);
        let entry = json!({ "reason": { "S": "hard_bounce" }, "source": { "S": "msg_1" } });
        listed(&mut oracle, at(1), &Item(entry.clone()));
        assert_eq!(oracle.violations().len(), 1);
        let end = json!({ "why": { "S": "bounced" }, "ev": { "M": { "c": { "S": "msg_1" } } } });
        assert!(ended(&oracle, &Item(end.clone()), "ann").is_some());
        says(&mut oracle, 90, Said::Otherwise, false);
        assert!(ended(&oracle, &Item(end.clone()), "ann").is_none());
        says(&mut oracle, 91, Said::Blocked, false);
        let taken = json!({ "id": { "S": "msg_1" }, "state": { "S": "accepted" }, "acc": { "N": "1" } });
        message_written(&mut oracle, at(92), &key, &Item(taken));
        listed(&mut oracle, at(93), &Item(entry));
        assert!(ended(&oracle, &Item(end), "ann").is_none());
        assert_eq!(oracle.violations().len(), 1);
    }
}
